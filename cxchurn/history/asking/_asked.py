"""The customers somebody asks about, by the ids of the log."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import MismatchError, listed, logger
from cxchurn.history.data._attributes import attribute_history
from cxchurn.history.data._histories import histories_of
from cxchurn.interactions import SEVERAL, InteractionLog, known_by_another_spelling, log_ids

_SHOWN = 3


def customers_asked(log: InteractionLog, values: Any, *, what: str) -> np.ndarray:
    """Return customers' ids as the log has them, whatever they came as: whole numbers, decimal ones, text, objects.

    Parameters
    ----------
    log : InteractionLog
    values : Series or array
        The ids.
    what : str
        What they are of, such as ``"the rows"``.

    Returns
    -------
    ndarray of int64 or of str objects, shape (n,)

    Raises
    ------
    DataError
        Where ids are missing, or decimal numbers that cannot be told apart.
    MismatchError
        Where none of three customers or more is one of the log's. Fewer may be new: they are said, like some of many are.
    """
    ids = log_ids(values, log.ids, what=what)
    # text comes as an array of its own, whole numbers may be the caller's; nobody can change these from here on, so that
    # where they stand has to be looked up only once
    ids = ids if log.ids == "text" else ids.copy()
    ids.setflags(write=False)
    strange = np.flatnonzero(~_known(log, ids))
    if strange.size and log.ids == "text":
        ids, strange = _respelt(log, ids, strange)
    if strange.size:
        _say_unknown(log, ids, strange, what)
    return ids


def _respelt(log: InteractionLog, ids: np.ndarray, strange: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ids with those that the log writes otherwise as it writes them, and where it still knows nobody."""
    found = known_by_another_spelling(ids[strange], lambda some: _known(log, some))
    unknown = ~_known(log, found)
    if (found != ids[strange]).any():
        ids = ids.copy()
        ids[strange] = found
        ids.setflags(write=False)
    return ids, strange[unknown]


def _known(log: InteractionLog, ids: np.ndarray) -> np.ndarray:
    found = histories_of(log).positions(ids) >= 0
    attributes = attribute_history(log.customers)
    if attributes is not None and not found.all():
        found[~found] = attributes.known(ids[~found])
    return found


def _say_unknown(log: InteractionLog, ids: np.ndarray, places: np.ndarray, what: str) -> None:
    strange = ids[places]
    shown = listed([repr(each) for each in strange[:_SHOWN].tolist()])
    own = histories_of(log).ids
    if strange.size == ids.size and len(set(strange.tolist())) >= SEVERAL and own.size:
        raise MismatchError(
            f"the log knows none of the customers of {what} ({shown}); its own are like {own[:1].tolist()[0]!r}.",
            allowed="customer_id values of the log",
            hint="ids that were read as numbers lose their zeros, and those of another system need a table between them.",
        )
    logger.warning(
        f"{strange.size:,} of {ids.size:,} rows among {what} are of customers of whom the log knows nothing, such as {shown}."
    )
