"""The same past without a cause: each interaction as it usually is, or the interactions that it spoilt left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.explanation import USUAL

Edit = Callable[[pa.Table], pa.Table]


def one_after_another(*edits: Edit) -> Edit:
    """Return several edits as one."""

    def edit(events: pa.Table) -> pa.Table:
        for one in edits:
            events = one(events)
        return events

    return edit


def leave_out(spoilt: Callable[[pa.Table], pa.ChunkedArray]) -> Edit:
    """Return the edit without some events; those of which nothing is known stay."""
    return lambda events: events.filter(pc.invert(pc.fill_null(spoilt(events), False)))


def _reads(column: str, *labels: str) -> Callable[[pa.Table], pa.ChunkedArray]:
    return lambda events: pc.is_in(events[column].cast(pa.string()), value_set=pa.array(labels))


def _instead(column: str, old: str, new: str) -> Edit:
    def edit(events: pa.Table) -> pa.Table:
        labels = events[column].cast(pa.string())
        changed = pc.if_else(pc.equal(labels, old), new, labels).cast(events.schema.field(column).type)
        return events.set_column(events.column_names.index(column), column, changed)

    return edit


def _slow(events: pa.Table) -> pa.ChunkedArray:
    usual = USUAL["waits"].edit(events)["wait_s"]
    return pc.greater(events["wait_s"], pc.multiply(usual, 2.0))


def _late(events: pa.Table) -> pa.ChunkedArray:
    return pc.greater(events["delivered_at"], events["promised_at"])


def _said_by_company(events: pa.Table) -> pa.ChunkedArray:
    return pc.and_(_reads("direction", "outbound")(events), _reads("kind", "call", "email")(events))


def _usual(name: str) -> Edit:
    return USUAL[name].edit


AS_USUAL: Mapping[str, Mapping[str, Edit]] = {
    "ours": {
        "speed": _usual("waits"),
        "effort": one_after_another(_usual("transfers"), _usual("open_matters")),
        "basics": one_after_another(_usual("promises"), leave_out(_reads("kind", "refund"))),
        "goodwill": _usual("tone"),
        "human_touch": _usual("bots"),
        "recovery": _instead("kind", "complaint", "call"),
        "care": _usual("care"),
        "feedback": _usual("scores"),
        "word_of_mouth": one_after_another(
            leave_out(_reads("kind", "referral")), _instead("touchpoint", "social", "phone")
        ),
    },
    "foreign": {
        "wait": _usual("waits"),
        "transfers": _usual("transfers"),
        "unresolved": _usual("open_matters"),
        "promise": _usual("promises"),
        "care": _usual("care"),
        "tone": _usual("tone"),
    },
}
LEFT_OUT: Mapping[str, Mapping[str, Edit]] = {
    "ours": {
        "speed": leave_out(_slow),
        "effort": leave_out(lambda events: pc.greater(events["transfers"], 0)),
        "basics": leave_out(lambda events: pc.or_kleene(_late(events), _reads("kind", "refund")(events))),
        "goodwill": leave_out(lambda events: pc.less(events["sentiment"], 0)),
        "human_touch": leave_out(_reads("agent", "bot")),
        "recovery": leave_out(_reads("kind", "complaint")),
        "care": leave_out(_said_by_company),
        "feedback": leave_out(_reads("kind", "survey")),
        "word_of_mouth": leave_out(
            lambda events: pc.or_(_reads("kind", "referral")(events), _reads("touchpoint", "social")(events))
        ),
    },
    "foreign": {
        "wait": leave_out(_slow),
        "transfers": leave_out(lambda events: pc.greater(events["transfers"], 0)),
        "unresolved": leave_out(lambda events: pc.equal(events["resolved"], False)),
        "promise": leave_out(_late),
        "care": leave_out(_said_by_company),
        "tone": leave_out(lambda events: pc.less(events["sentiment"], 0)),
    },
}
