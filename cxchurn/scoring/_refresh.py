"""Making a model's tables about customers in general anew, each night, from the log of everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cxchurn._core import MismatchError, instant, instants
from cxchurn.features import References, nightly, write_references
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel
from cxchurn.scoring._fitted import fitted
from cxchurn.scoring._inside import check_inside


def refresh(
    model: ChurnModel | str | Path,
    log: InteractionLog,
    *,
    at: Any = None,
    to: str | Path | None = None,
    at_least: float = 0.5,
) -> References:
    """Make the tables about customers in general that a model compares with, as of this week, from the log of everybody.

    The model stays as it is. Whoever makes the tables of a week from the same log makes the same, and they have the same
    version.

    Parameters
    ----------
    model : ChurnModel or path
        A fitted model; or the folder of a saved one, or its address in MLflow.
    log : InteractionLog
        The interactions of everybody, up to (at least) `at`.
    at : instant or list of instants, optional
        For which cut-offs: the tables are as of the Monday (00:00 UTC) at or before each. Default: the end of the log.
    to : path, optional
        A JSON file to write them to, or a folder for ``references.json``: `score` and others take it as ``references=``.
    at_least : float, default 0.5
        The share of the customers that the model's own tables were made of which the log must hold; 0 for any.

    Returns
    -------
    References

    Raises
    ------
    UsageError
        Where `at` lies outside the log.
    MismatchError
        Where the log holds far fewer customers to be asked about than the model learned from, so hardly everybody.

    Examples
    --------
    >>> tables = cx.refresh(model, log, at="2024-11-15", to="scores/")
    >>> len(cx.score(model, log, at="2024-11-15", references=tables)) > 0
    True
    """
    model = fitted(model)
    cutoffs = _cutoffs(at, log)
    for cutoff in cutoffs:
        check_inside(cutoff, log)
    features = model.features_.with_log(log)
    made = nightly(features, log, cutoffs)
    few = made.fewer_than(features.references_, share=at_least)
    if few:
        raise MismatchError(
            f"{few}: it hardly holds everybody.",
            allowed=f"a log with at least {at_least:.0%} as many customers",
            hint="refresh from the log of everybody and score some with references=; or at_least=0, if so many left.",
        )
    if to is not None:
        write_references(made, to)
    return made


def _cutoffs(at: Any, log: InteractionLog) -> np.ndarray:
    if at is None:
        return np.array([log.observed_until])
    if isinstance(at, (list, tuple, np.ndarray)):
        return np.unique(instants(at, name="at", timezone=log.timezone))
    return np.array([instant(at, name="at", timezone=log.timezone)])
