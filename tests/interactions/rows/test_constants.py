"""What is the same in all rows is the same to a service as to a batch."""

from __future__ import annotations

import pandas as pd

from cxchurn.interactions import Later, Schema, read_interactions
from cxchurn.interactions.rows._reading import RowReader

SCHEMA = Schema(
    customer_id="who",
    timestamp="at",
    score="stars",
    constants={"kind": "Survey", "score_type": "CSAT", "touchpoint": "E-Mail"},
    ignore_case=True,
    later=(Later(at="seen_at", columns=("score",)),),
)
ROWS = [
    {"who": "a", "at": "2024-01-01", "stars": 4, "seen_at": "2024-01-03"},
    {"who": "b", "at": "2024-01-02", "stars": None, "seen_at": None},
]


def test_one_row_becomes_the_events_of_the_batch():
    batch = read_interactions(pd.DataFrame(ROWS), SCHEMA).events.to_pylist()
    alone = [event.values for row in RowReader(SCHEMA).read(ROWS) for event in row.events]
    shown = ("kind", "touchpoint", "score_type", "score")
    both = [sorted(str([one.get(name) for name in shown]) for one in events) for events in (batch, alone)]
    # folded where labels are; a survey's type in the words of its role
    assert both[0] == sorted(
        ["['survey', 'e-mail', 'csat', None]", "['survey', 'e-mail', 'csat', None]", "['seen', 'e-mail', 'csat', 4.0]"]
    )
    assert both[1] == both[0]


def test_a_score_off_the_constant_scale_is_refused_in_both():
    odd = [{**ROWS[0], "stars": 6}]
    [row] = RowReader(SCHEMA).read(odd)
    assert row.refused
    log = read_interactions(pd.DataFrame([*odd, ROWS[1]]), SCHEMA, on_error="quarantine")
    assert [one.rule for one in log.validation.broken] == ["score_off_scale"] == [one.rule for one in row.broken]
