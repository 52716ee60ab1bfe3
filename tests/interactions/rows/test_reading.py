"""Whole rows, beside the reader: the same rows are refused, by the same rules, and become the same events."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Later, Schema, read_interactions
from cxchurn.interactions.rows import RowReader

NOW = np.datetime64("2025-06-01T12:00", "us")
SCHEMA = Schema(
    customer_id="who",
    timestamp="when",
    kind="what",
    known_at="known",
    touchpoint="place",
    case_id="case",
    direction="way",
    wait_s="waited",
    resolved="solved",
    score="rating",
    score_type="survey",
    value="amount",
    promised_at="promised",
    measures=("items",),
    later=(
        Later(at="closed", columns=("resolved",)),
        Later(at="answered", columns=("score", "score_type"), kind="reply"),
    ),
    timezone="Europe/Berlin",
    duplicates="keep",
)
TIMES = [
    "2025-01-05",
    "2025-01-05 10:30",
    "2025-03-30T02:30:00",
    "2025-01-06T10:30:00Z",
    "2024-12-31 23:00 +01",
    "null",
    "",
]
TIMES += [
    "2025-13-01",
    "soon",
    "2030-01-01",
    "9999-12-31",
    "1900-01-01",
    "1970-01-01",
    "0000-00-00",
    "2025-01-05T24:00",
]
CELLS = {
    "who": ["C1", " C2 ", "", "null", "007"],
    "when": TIMES,
    "what": ["call", " order ", "", "Call"],
    "known": TIMES,
    "place": ["store", None, " "],
    "case": ["T1", None],
    "way": ["Inbound", "outbound", "sideways", None],
    "waited": ["0", "12.5", "-1", "1e3", "inf", "x", "nan", None],
    "solved": ["yes", "No", "maybe", "null", None],
    "rating": ["9", "11", "0", None],
    "survey": ["nps", "CSAT", "none such", None],
    "amount": ["1.5", "1.234", "-2", None],
    "promised": TIMES,
    "items": ["1", "1.000", "2", None],
    "closed": TIMES,
    "answered": TIMES,
}
ZONED = ("Z", "+01")


@st.composite
def some_rows(draw) -> list[dict]:
    """Some rows after one that is plainly right; in half of the cases no time carries a zone."""
    zoned, found = draw(st.booleans()), [dict.fromkeys(CELLS) | {"who": "Z", "what": "visit"}]
    found[0]["when"] = "2025-01-01T08:00:00Z" if zoned else "2025-01-01"
    for _ in range(draw(st.integers(1, 12))):
        one = {name: draw(st.sampled_from([*cells, cells[0], cells[0]])) for name, cells in CELLS.items()}
        found.append({name: "2025-02-03" if _has_zone(cell) and not zoned else cell for name, cell in one.items()})
    return found


def _has_zone(cell: str | None) -> bool:
    return cell is not None and cell.endswith(ZONED)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=some_rows())
def test_rows_are_read_as_the_reader_reads_them(rows):
    frame = pd.DataFrame(rows, dtype=object)
    log = read_interactions(frame, SCHEMA, on_error="quarantine", now=NOW)
    read = RowReader(SCHEMA).read(rows, now=int(NOW.astype(np.int64)))
    found = Counter((one.rule, one.column) for row in read for one in set(row.broken))
    expected = {(one.rule, one.column): one.rows for one in log.validation.findings if one.rows}
    assert dict(found) == expected
    assert sum(one.refused for one in read) == log.validation.rows_refused
    ours = sorted(_said(one.customer, event.known, event.values) for one in read for event in one.events)
    theirs = sorted(_said(each.pop("customer_id"), each.pop("known_at"), each) for each in log.events.to_pylist())
    assert ours == theirs


def _said(customer: object, known: object, values: dict) -> str:
    plain = {name: _plain(value) for name, value in values.items() if value is not None}
    return repr((str(customer), _plain(known), sorted(plain.items())))


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp) or hasattr(value, "isoformat"):
        value = int(np.datetime64(value, "us").astype(np.int64))
    return (
        float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12 else value
    )


def test_a_number_that_is_not_written_plainly_is_read_by_neither():
    # all rows together show how their column is written: it is refused, and the message says what to write. One row shows
    # nothing of a column: it alone is refused
    rows = [dict.fromkeys(CELLS) | {"who": "Z", "when": "2025-01-01", "what": "visit", "amount": "3,5"}]
    with pytest.raises(DataError, match="not written plainly, such as '3,5'"):
        read_interactions(pd.DataFrame(rows, dtype=object), SCHEMA, on_error="quarantine", now=NOW)
    (read,) = RowReader(SCHEMA).read(rows, now=int(NOW.astype(np.int64)))
    assert read.refused
    assert [(one.rule, one.column) for one in read.broken] == [("number_unreadable", "value")]
