"""What each customer is worth, in money."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DataError, UsageError, did_you_mean, listed
from cxchurn.history import ask_as_of
from cxchurn.interactions import InteractionLog, known_by_another_spelling, log_ids
from cxchurn.panel._listed_ids import values_in


@dataclass(frozen=True, eq=False)
class Values:
    """What customers are worth, and what there is to say of it.

    Attributes
    ----------
    money : ndarray of float64, shape (n,)
        NaN where nothing is known.
    notes : list of str
    """

    money: np.ndarray
    notes: list[str]


def values_of(log: InteractionLog, given: Any, customers: np.ndarray, cutoff: np.datetime64) -> Values:
    """Return what customers are worth: by an attribute as of the cut-off, or by a table.

    Parameters
    ----------
    log : InteractionLog
    given : str, path, frame, Series or mapping
        The name of an attribute; or a table (or its file) of customers' ids and money.
    customers : ndarray, shape (n,)
        As the log has them.
    cutoff : datetime64[us]
    """
    notes: list[str] = []
    if isinstance(given, str) and _is_attribute(log, given):
        money = _by_attribute(log, given, customers, cutoff)
    else:
        money, notes = _by_table(log, given, customers)
    unknown = int(np.isnan(money).sum())
    if unknown:
        notes = [*notes, f"of {unknown:,} of {money.size:,} customers no value is known: they have no expected loss"]
    return Values(money, notes)


def _is_attribute(log: InteractionLog, name: str) -> bool:
    kinds = {} if log.customers is None else dict(log.customers.attributes)
    if name in kinds and kinds[name] != "number":
        raise UsageError(f"the attribute {name} holds no numbers ({kinds[name]}).", allowed="an attribute of numbers")
    if name in kinds or Path(name).suffix or Path(name).exists():
        return name in kinds
    numbers = [one for one, kind in kinds.items() if kind == "number"]
    raise UsageError(
        f"value is {name!r}, which is neither an attribute of the customers nor a file.",
        allowed=f"{listed(numbers) or 'no attribute holds numbers'}; or a file of customer_id and value",
        hint=did_you_mean(name, numbers),
    )


def _by_attribute(log: InteractionLog, name: str, customers: np.ndarray, cutoff: np.datetime64) -> np.ndarray:
    cutoffs = np.full(len(customers), cutoff)
    return np.asarray(ask_as_of(log, customers, cutoffs, lambda seen: seen.attribute(name)), dtype=np.float64)


def _by_table(log: InteractionLog, given: Any, customers: np.ndarray) -> tuple[np.ndarray, list[str]]:
    given_ids, money = values_in(given, what="value")
    ids = ids_like(log, given_ids, customers, what="the table of values")
    index = pd.Index(ids)
    if index.has_duplicates:
        twice = index[index.duplicated()]
        raise DataError(
            f"the table of values has {len(twice):,} ids twice, such as {twice[0]!r}.", allowed="one row each"
        )
    place = index.get_indexer(pd.Index(customers, dtype=ids.dtype))
    found = np.where(place >= 0, money.to_numpy(dtype=np.float64)[place] if len(ids) else np.nan, np.nan)
    strangers = len(ids) - int((place >= 0).sum())
    return found, [f"{strangers:,} ids of the table of values fit nobody who is listed"] if strangers else []


def ids_like(log: InteractionLog, given: Any, customers: np.ndarray, *, what: str) -> np.ndarray:
    """Return ids as the log has them, ``1001.0`` as ``1001`` where that one is a customer."""
    ids = log_ids(given, log.ids, what=what)
    if log.ids == "integer":
        return ids
    known = pd.Index(customers, dtype=object)
    return known_by_another_spelling(ids, lambda some: known.get_indexer(pd.Index(some, dtype=object)) >= 0)
