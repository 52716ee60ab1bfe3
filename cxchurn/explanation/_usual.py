"""Experiences as they usually are: how the events of a log read where one of them was like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred
from cxchurn.interactions import InteractionLog

pc = Deferred("pyarrow.compute")

Edit = Callable[[pa.Table], pa.Table]
_PROMOTIONS = ("campaign",)
_ROUTINE = ("delivery", "peer_back", "peer_left", "refund", "resolved", "survey")


@dataclass(frozen=True)
class Usual:
    """An experience, and the edit that makes it as it usually is.

    Attributes
    ----------
    needs : tuple of str
        The roles without which there is nothing to edit.
    edit : callable
        From the events' table to another one.
    says : str
        What the edit does.
    """

    needs: tuple[str, ...]
    edit: Edit
    says: str


def usual_waits(events: pa.Table) -> pa.Table:
    """Give every wait the median length at its touchpoint."""
    return _as_median(events, "wait_s", "touchpoint")


def not_passed_on(events: pa.Table) -> pa.Table:
    """Let every contact be passed on as often as the median one, which mostly is never."""
    return _as_median(events, "transfers", None)


def usual_tone(events: pa.Table) -> pa.Table:
    """Give every interaction the median tone of its kind."""
    return _as_median(events, "sentiment", "kind")


def usual_scores(events: pa.Table) -> pa.Table:
    """Give every answered survey the median score of its type."""
    return _as_median(events, "score", "score_type")


def settled_at_once(events: pa.Table) -> pa.Table:
    """Let every contact of the customer's end with the matter closed, and be about a matter of its own."""
    ended = pc.and_(_own(events), pc.is_valid(events["resolved"]))
    events = _put(events, "resolved", pc.if_else(ended, True, events["resolved"]))
    if "case_id" not in events.column_names:
        return events
    case = events["case_id"].cast(pa.string())
    number = pa.array(np.char.add("own ", np.arange(events.num_rows).astype(str)))
    return _put(events, "case_id", pc.if_else(pc.and_(ended, pc.is_valid(case)), number, case))


def promises_kept(events: pa.Table) -> pa.Table:
    """Let what came late come, and be known, when it was promised."""
    promised, came = events["promised_at"], events["delivered_at"]
    late = pc.fill_null(pc.greater(came, promised), False)
    for name in ("timestamp", "known_at"):
        # what was known later than it happened stays known later; nothing is moved behind where it was
        moved = pc.if_else(late, pc.min_element_wise(events[name], promised), events[name])
        events = _put(events, name, moved)
    return _put(events, "delivered_at", pc.if_else(late, promised, came))


def nobody_called(events: pa.Table) -> pa.Table:
    """Leave out what the company said of its own accord: all that it sent but promotions and routine."""
    sent = pc.fill_null(pc.equal(events["direction"].cast(pa.string()), "outbound"), False)
    plain = pc.is_in(events["kind"].cast(pa.string()), value_set=pa.array([*_PROMOTIONS, *_ROUTINE]))
    return events.filter(pc.or_(pc.invert(sent), plain))


def people_answered(events: pa.Table) -> pa.Table:
    """Let a person answer where a bot did."""
    agent = events["agent"].cast(pa.string())
    return _put(events, "agent", pc.if_else(pc.equal(agent, "bot"), "human", agent))


USUAL: Mapping[str, Usual] = {
    "waits": Usual(("wait_s",), usual_waits, "every wait as long as usual at its touchpoint"),
    "transfers": Usual(("transfers",), not_passed_on, "passed on as often as usual"),
    "open_matters": Usual(("resolved", "direction"), settled_at_once, "every contact solved at once"),
    "promises": Usual(("promised_at", "delivered_at"), promises_kept, "every delivery as promised"),
    "tone": Usual(("sentiment",), usual_tone, "a tone as usual for the kind of interaction"),
    "scores": Usual(("score",), usual_scores, "scores as usual"),
    "care": Usual(("direction",), nobody_called, "no word from the company of its own accord"),
    "bots": Usual(("agent",), people_answered, "answered by a person, never by a bot"),
}


def experiences_of(log: InteractionLog) -> dict[str, Edit]:
    """Return the edits of the experiences that a log tells of."""
    return {name: usual.edit for name, usual in USUAL.items() if set(usual.needs) <= log.roles}


def _as_median(events: pa.Table, column: str, by: str | None) -> pa.Table:
    """Put the median of its label in place of every value; missing ones stay missing."""
    values = events[column].to_numpy().astype(np.float64)
    if by is None or by not in events.column_names:
        groups = np.zeros(len(values), dtype=np.int64)
    else:
        groups = pc.index_in(events[by].cast(pa.string()), value_set=pc.unique(events[by].cast(pa.string())))
        groups = groups.to_numpy().astype(np.int64)
    usual = values.copy()
    for group in np.unique(groups[~np.isnan(values)]):
        rows = (groups == group) & ~np.isnan(values)
        usual[rows] = np.median(values[rows])
    return _put(events, column, pa.array(usual, from_pandas=True))


def _own(events: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.fill_null(pc.equal(events["direction"].cast(pa.string()), "outbound"), False))


def _put(events: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    place = events.column_names.index(name)
    return events.set_column(place, name, values.cast(events.schema.field(name).type))
