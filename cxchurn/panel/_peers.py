"""News of other customers who left, for those who know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, UsageError, listed, span
from cxchurn.interactions import InteractionLog, tables

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

PEER_LEFT, PEER_BACK = "peer_left", "peer_back"
_READS = ("customer_id", "known_at", "kind", "direction", "peer_id", "later")


def peers_left(log: InteractionLog, *, silent: str = "60D", ended_by: tuple[str, ...] = ("cancel",)) -> pd.DataFrame:
    """Return news for customers of others they know: that these left, and that they came back.

    Who is named on an event of a customer (``peer_id``) is known to that customer from then on. They have left once nothing of
    their own has become known for `silent`, or when they cancelled; they are back with their next interaction. Read the table
    beside the log, and `Network` tells of it: as an event of those who know them it is seen from the moment on at which it
    could be known, and by everybody alike.

    Parameters
    ----------
    log : InteractionLog
        With the role ``peer_id``, which holds ids of customers. Its ids and times are held in memory.
    silent : str, default "60D"
    ended_by : tuple of str, default ("cancel",)
        The kinds with which a customer ends.

    Returns
    -------
    DataFrame
        customer_id (who is told), timestamp (UTC), kind (``"peer_left"`` or ``"peer_back"``), peer_id (who it is about) and
        direction (``"outbound"``: it is nobody's own act); by customer, then time. A schema for it maps every column to the
        role of its name.

    Raises
    ------
    UsageError
        Where the log has no ``peer_id``.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": ["a", "b", "a"], "timestamp": ["2024-01-01", "2024-01-01", "2024-05-01"],
    ...                      "kind": ["referral", "visit", "visit"], "peer_id": ["b", None, None]})
    >>> schema = cx.Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", peer_id="peer_id")
    >>> cx.peers_left(cx.read_interactions(rows, schema))[["customer_id", "timestamp", "kind", "peer_id"]].values.tolist()
    [['a', Timestamp('2024-03-01 00:00:00'), 'peer_left', 'b']]
    """
    if "peer_id" not in log.roles:
        raise UsageError(
            "the log has no peer_id: it does not say which customers know each other.",
            allowed=f"a log with that role; this one has {listed(sorted(log.roles), most=30)}",
            hint='say which column it is: peer_id = "..." among the roles of the schema.',
        )
    length = span(silent, name="silent").microseconds
    events = _events(log)
    known = _known(events)
    told = _changes(_acts(events, ended_by, set(known["peer_id"])), length, int(log.observed_until.astype(np.int64)))
    news = known.merge(told, on="peer_id")
    news = news[news["at"] > news["since"]].sort_values(["customer_id", "at", "peer_id"], ignore_index=True)
    return pd.DataFrame(
        {
            "customer_id": news["customer_id"],
            "timestamp": news["at"].to_numpy(dtype=np.int64).astype("datetime64[us]"),
            "kind": news["kind"].astype(object),
            "peer_id": news["peer_id"],
            "direction": "outbound",
        }
    )


def _events(log: InteractionLog) -> pd.DataFrame:
    columns = [name for name in _READS if name in log.types.names]
    found = [part.to_pandas() for part in tables(log, columns)]
    events = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
    # of dictionaries and of whole numbers alike
    whose = events["customer_id"].astype(object)
    at = events["known_at"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    return events.assign(customer_id=whose, who=whose.astype(str), at=at)


def _known(events: pd.DataFrame) -> pd.DataFrame:
    """Return who knows whom, and since when: customer_id, peer_id, since."""
    named = events[events["peer_id"].notna() & ~events["kind"].isin([PEER_LEFT, PEER_BACK])]
    named = named.assign(peer_id=named["peer_id"].astype(object))
    named = named[named["peer_id"] != named["who"]]
    return named.groupby(["customer_id", "peer_id"])["at"].min().rename("since").reset_index()


def _acts(events: pd.DataFrame, ended_by: tuple[str, ...], whose: set[str]) -> pd.DataFrame:
    """Return what some customers did, and when they ended: peer_id, at, ends; by customer, then time."""
    theirs = events["who"].isin(whose) & ~events["later"].astype(bool)
    if "direction" in events:
        theirs &= events["direction"] != "outbound"
    acts = events[theirs]
    acts = pd.DataFrame({"peer_id": acts["who"], "at": acts["at"], "ends": acts["kind"].isin(ended_by)})
    return acts.sort_values(["peer_id", "at", "ends"], ignore_index=True)


def _changes(acts: pd.DataFrame, silent: int, until: int) -> pd.DataFrame:
    """Return when customers left and came back: peer_id, at, kind."""
    who, at, ends = acts["peer_id"].to_numpy(), acts["at"].to_numpy(), acts["ends"].to_numpy(dtype=bool)
    last = np.append(who[1:] != who[:-1], True)[: who.size]
    first = np.roll(last, 1)
    after = np.where(last, until, np.roll(at, -1))
    # a silence that ends with the very instant has not lasted; after the last act it counts as far as the log goes
    fell_silent = ~ends & (after > at + silent)
    was_gone = ~first & np.roll(fell_silent | ends, 1)
    left = fell_silent | (ends & ~was_gone)
    back = ~ends & was_gone
    return pd.DataFrame(
        {
            "peer_id": np.concatenate([who[left], who[back]]),
            "at": np.concatenate([np.where(ends, at, at + silent)[left], at[back]]),
            "kind": [PEER_LEFT] * int(left.sum()) + [PEER_BACK] * int(back.sum()),
        }
    )
