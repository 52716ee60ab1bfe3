"""What became known only after it happened, and what that does to labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DAY, Deferred
from cxchurn.history import ask_as_of, delays, histories_of
from cxchurn.interactions import InteractionLog, known_before
from cxchurn.panel._observed import counted
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.panel.churn._own_labels import OwnLabels
from cxchurn.words import Phrase

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_HOUR = DAY // 24


def is_delayed(log: InteractionLog) -> bool:
    """Whether anything became known later than it happened."""
    cache = histories_of(log).cache
    if "delayed" not in cache:
        cache["delayed"] = bool((delays(log) > 0).any())
    return cache["delayed"]


def known_late(log: InteractionLog, churn: ChurnDefinition, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
    """Return who had ended before their cut-off, though that became known only later; bool, shape ``(n,)``.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition
    customers : ndarray, shape (n,)
        Customers who are asked about: by what was known, they had not ended.
    cutoffs : ndarray of datetime64[us], shape (n,)
    """
    if not is_delayed(log):
        return np.zeros(len(customers), dtype=bool)
    # on the clock of happening: by that of knowing nobody here had ended, or they would not be asked about
    return ask_as_of(log, customers, cutoffs, churn.ended, clock="happened")


def as_known(log: InteractionLog, churn: ChurnDefinition, frame: pd.DataFrame, at: np.datetime64) -> np.ndarray:
    """Return the labels of a panel's rows as they were known before an instant; int8, shape ``(n,)``.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition
    frame : DataFrame
        The rows; their label windows end by then.
    at : datetime64[us]
    """
    labels = frame["churned"].to_numpy(dtype=np.int8)
    if not len(labels) or isinstance(churn, OwnLabels) or not is_delayed(log):
        return labels
    known, later = (churn.churned(seen, *_rows(frame)).astype(np.int8) for seen in (known_before(log, at), log))
    # labels that were changed by hand stay as they are
    return np.where((known != later) & (later == labels), known, labels)


def as_left_out(
    log: InteractionLog, churn: ChurnDefinition, frame: pd.DataFrame, aside: pd.DataFrame, at: np.datetime64
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return what is left out of a panel otherwise by what was known before an instant than by all that is known.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition
    frame : DataFrame
        Rows of the panel whose label windows end by then.
    aside : DataFrame
        The rows that are left out of it.
    at : datetime64[us]

    Returns
    -------
    back : DataFrame
        The rows of the same cut-offs that were not left out then, with the labels known then.
    gone : ndarray of bool, shape (n,)
        The rows of the frame that were left out then.
    """
    aside = aside[aside["group"].isin(frame["group"].unique())]
    if not is_delayed(log):
        return aside.iloc[:0], np.zeros(len(frame), dtype=bool)
    then = known_before(log, at)
    back = aside[~_out(then, churn, aside)]
    labels = churn.churned(then, *_rows(back)).astype(np.int8)
    return back.assign(churned=labels), _out(then, churn, frame)


def _out(log: InteractionLog, churn: ChurnDefinition, frame: pd.DataFrame) -> np.ndarray:
    rows = _rows(frame)
    return known_late(log, churn, *rows) | churn.left_out(log, *rows)


def _rows(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return frame["customer_id"].to_numpy(), frame["cutoff"].to_numpy(dtype="datetime64[us]")


def delay_words(log: InteractionLog, churn: ChurnDefinition) -> tuple[str, ...]:
    """Say how much later than they happen the events that decide outcomes become known; nothing where they never do."""
    if isinstance(churn, OwnLabels) or not is_delayed(log):
        return ()
    found = delays(log, counted(churn))
    late = found[found > 0]
    if not late.size:
        return ()
    # half of them, and all but the latest twentieth: a mean would be that of a few stragglers
    half, most = (_length(float(np.quantile(late, share))) for share in (0.5, 0.95))
    return (Phrase("panel", "delayed", share=late.size / found.size, half=half, most=most),)


def _length(microseconds: float) -> str:
    number, unit = (microseconds / DAY, "days") if microseconds >= DAY else (microseconds / _HOUR, "hours")
    return Phrase("panel", unit, number=number)
