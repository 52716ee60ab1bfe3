"""Whether the log that is scored reaches back as far as the one the model learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxchurn._core import MismatchError, instants, iso, logger, span
from cxchurn.features import FeatureSet, began_of, known_of, reach
from cxchurn.interactions import InteractionLog

# so few customers may have come together
_FEW = 30
# how unlikely it has to be that the customers are all that new, and the history whole
_CHANCE = 1e-6
# days that histories of the same depth differ by, from cut-off to cut-off
_NEAR = 7


def check_depth(features: FeatureSet, log: InteractionLog, rows: pd.DataFrame, *, allow: bool) -> list[str]:
    """Say by how many days a log is shallower than the deepest training cut-off, and refuse below the shallowest.

    The history of one customer, or of a few (below 30), begins when they came, so that it is short says nothing. It is the
    log that is short where so many customers would not all have come so late: with the share of training rows whose customer
    was first seen earlier, ``share``, the chance of that is ``(1 - share) ** customers``.

    Parameters
    ----------
    features : FeatureSet
        The model's.
    log : InteractionLog
    rows : DataFrame
        Who is asked about: ``customer_id`` and one ``cutoff``.
    allow : bool
        Say instead of refusing.

    Returns
    -------
    list of str
        What there is to say, at most one note.

    Raises
    ------
    MismatchError
    """
    began, at = began_of(log, rows["customer_id"].to_numpy(), instants(rows["cutoff"], name="cutoff"))
    return say_depth(features, began, at, known_of(log, int(at[0])) if at.size else began, allow=allow)


def say_depth(features: FeatureSet, began: np.ndarray, at: np.ndarray, known: np.ndarray, *, allow: bool) -> list[str]:
    """Say and refuse as `check_depth` does, by when the histories begin.

    Parameters
    ----------
    features : FeatureSet
    began, at : ndarray of int64, shape (n,)
        When the history of each customer who is asked about begins, and the one cut-off; in microseconds since 1970.
    known : ndarray of int64
        When the histories of all customers begin who were there before the cut-off.
    allow : bool
    """
    if at.size < _FEW:
        return []
    return _shallow(features, began, at, allow) or _begins_later(features, known)


def _shallow(features: FeatureSet, began: np.ndarray, at: np.ndarray, allow: bool) -> list[str]:
    depths = features.depths_
    if features.lookback is not None:
        depths = depths.capped(span(features.lookback).days)
    days = int(reach(began, at)[0])
    if days >= depths.deepest - _NEAR or (1 - depths.share_older(days)) ** at.size >= _CHANCE:
        return []
    found = (
        f"the {at.size:,} customers' histories reach back {days:,} days from {_day(at[0])}, "
        f"{depths.deepest - days:,} fewer than at the deepest training cut-off ({depths.deepest:,} days)"
    )
    if days < depths.shallowest and not allow:
        raise MismatchError(
            f"{found}, and fewer than at the shallowest.",
            allowed=f"{depths.shallowest:,} days or more",
            hint="read a longer history (or train with lookback=); if these customers are all that new,"
            " allow_shallow=True (--allow-shallow).",
        )
    logger.warning("%s: what is counted over all of the past is less than the model has learned.", found)
    return [f"{found}."]


def _begins_later(features: FeatureSet, known: np.ndarray) -> list[str]:
    """Say where a log as deep as that of training begins later: of whom it shows first, that log knew more."""
    trained, unsure, start = features.depths_.log_start, features.depth_.unsure, features.depths_.start_in(known)
    if features.lookback is not None or start is None or trained is None or start <= trained + unsure:
        return []
    note = (
        f"the log begins on {_day(start)}, that of training on {_day(trained)}: customers first seen before"
        f" {_day(start + unsure)} may be older than the log shows (a model with lookback= takes that into account)."
    )
    logger.info("%s", note)
    return [note]


def _day(at: int) -> str:
    return iso(np.datetime64(int(at), "us").astype("datetime64[D]"))
