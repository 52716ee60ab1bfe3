from __future__ import annotations

import pytest

from cxchurn._core import DataError
from cxchurn.interactions import Later, Schema

from .interaction_rows import row

INF = float("inf")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"customer_id": None}, "customer_id_missing"),
        ({"customer_id": "  "}, "customer_id_missing"),
        ({"timestamp": None}, "timestamp_missing"),
        ({"timestamp": " "}, "timestamp_missing"),
        ({"timestamp": "yesterday"}, "time_unreadable(timestamp)"),
        ({"timestamp": "2024-13-01"}, "time_unreadable(timestamp)"),
        ({"timestamp": "2024-01-01 10:00:00 PM"}, "time_unreadable(timestamp)"),
        ({"timestamp": "2026-01-01T00:00:00.000001"}, "time_in_future(timestamp)"),
        ({"known_at": "2030-01-01"}, "time_in_future(known_at)"),
        ({"known_at": "soon"}, "time_unreadable(known_at)"),
        ({"promised_at": "soon"}, "time_unreadable(promised_at)"),
        ({"delivered_at": "soon"}, "time_unreadable(delivered_at)"),
        ({"kind": None}, "kind_missing"),
        ({"kind": ""}, "kind_missing"),
        ({"direction": "sideways"}, "label_unknown(direction)"),
        ({"agent": "parrot"}, "label_unknown(agent)"),
        ({"score_type": "stars"}, "label_unknown(score_type)"),
        ({"resolved": "maybe"}, "flag_unreadable(resolved)"),
        ({"invited": "2"}, "flag_unreadable(invited)"),
        ({"opened": "2"}, "flag_unreadable(opened)"),
        ({"clicked": "maybe"}, "flag_unreadable(clicked)"),
        ({"value": "twelve"}, "number_unreadable(value)"),
        ({"value": "inf"}, "number_infinite(value)"),
        ({"value": -INF}, "number_infinite(value)"),
        ({"wait_s": -0.5}, "number_out_of_range(wait_s)"),
        ({"duration_s": -1}, "number_out_of_range(duration_s)"),
        ({"transfers": -1}, "number_out_of_range(transfers)"),
        ({"sentiment": 1.01}, "number_out_of_range(sentiment)"),
        ({"sentiment": -1.01}, "number_out_of_range(sentiment)"),
        ({"score": 11, "score_type": "nps"}, "score_off_scale(score)"),
        ({"score": 0, "score_type": "CSAT"}, "score_off_scale(score)"),
        ({"score": 8, "score_type": "ces"}, "score_off_scale(score)"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_under_its_name(read, wrong, rule):
    log = read([row("good"), {**row("bad"), **wrong}], on_error="quarantine")
    name, column = rule.split("(")[0], rule.split("(")[-1].rstrip(")").removesuffix("_missing")
    assert log.refused["rule"].to_pylist() == [f"{name}({column})"]
    assert log.events["customer_id"].to_pylist() == ["good"]


@pytest.mark.parametrize(
    "right",
    [
        {"timestamp": "2026-01-01"},
        {"promised_at": "2030-01-01", "delivered_at": "2030-01-01"},
        {"direction": " Inbound ", "agent": "BOT", "score_type": "NPS"},
        {"score": 0, "score_type": "nps"},
        {"score": 10, "score_type": "nps"},
        {"score": 1, "score_type": "csat"},
        {"score": 5, "score_type": "csat"},
        {"score": 7, "score_type": "ces"},
        {"score": 99, "score_type": None},
        {"sentiment": -1},
        {"sentiment": 1},
        {"wait_s": 0, "transfers": 0},
        {"value": "nan"},
        {"value": ""},
    ],
)
def test_a_row_on_the_edge_of_a_rule_is_kept(read, right):
    assert len(read([row(), {**row("b"), **right}])) == 2


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (["true", "YES", "y", "1", "T", "1.0", " true "], ["false", "No", "n", "0", "f", "0.0", "FALSE"]),
        ([True], [False]),
        ([1], [0]),
        ([1.0], [0.0]),
    ],
)
def test_yes_and_no_are_read_in_many_spellings(read, yes, no):
    flags = [*yes, *no, None]
    log = read([row(f"c{i}", resolved=flag) for i, flag in enumerate(flags)])
    assert log.events["resolved"].to_pylist() == [True] * len(yes) + [False] * len(no) + [None]


def test_a_row_that_breaks_several_rules_names_them_all(read):
    log = read([row(), row(None, kind="", value="x"), row(value="1")], on_error="quarantine")
    assert log.refused["rule"].to_pylist() == [
        "customer_id_missing(customer_id), kind_missing(kind), number_unreadable(value)"
    ]


def test_everything_is_reported_at_once_with_counts_and_examples(read):
    rows = [row(f"c{i}", value="x") for i in range(7)] + [row(None, value="1"), row(value="1")]
    with pytest.raises(DataError) as error:
        read(rows)
    text = str(error.value)
    # 7 rows whose value is no number and 1 without a customer: 8 of 9
    assert "9 rows read, 1 kept, 8 refused." in text
    assert "7 x number_unreadable (value)" in text
    assert "1 x customer_id_missing" in text
    # five examples of seven, counted from one
    assert [n for n in range(1, 10) if f"row {n}: value=x" in text] == [1, 2, 3, 4, 5]
    assert "row 8: customer_id=None" in text
    assert "on_error='quarantine'" in text
    assert "duplicates='keep'" not in text
    report = [line for line in text.splitlines() if not line.startswith("Hint")]
    assert max(map(len, report)) <= 80


def test_all_copies_after_the_first_are_refused(read):
    rows = [row(), row("b"), row(), row(), row(kind="call")]
    log = read(rows, on_error="quarantine")
    # rows 3 and 4 repeat row 1
    assert log.validation.rows_refused == 2
    assert log.events["customer_id"].to_pylist() == ["a", "b", "a"]
    with pytest.raises(DataError, match="duplicates='keep'"):
        read(rows)
    assert len(read(rows, Schema(**{name: name for name in row()}, duplicates="keep"))) == 5


@pytest.mark.parametrize("categories", [("note",), ()])
def test_rows_are_copies_where_they_are_equal_in_all_columns_mapped_or_not(read, categories):
    # rows 2 and 3 are alike but for the note, row 4 is row 2 again
    rows = [row("b", note="x"), row(note="x"), row(note="y"), row(note="x")]
    schema = Schema(**{name: name for name in row()}, categories=categories)
    log = read(rows, schema, on_error="quarantine")
    assert (len(log), log.refused.num_rows) == (3, 1)
    with pytest.raises(DataError, match="row 4: "):
        read(rows, schema)
    found = {one.rule: one for one in log.validation.findings}
    compared = "the row equals an earlier one in every column of the source (customer_id, timestamp, kind, note)"
    assert (found["duplicate"].rows, found["duplicate"].says) == (1, compared)
    # the schema without the note finds row 3 alike in all that it uses, and says in which column it is not
    assert (found["alike"].rows, found["alike"].says.endswith("(not in note)")) == (
        (0, False) if categories else (1, True)
    )


def test_unknown_kinds_are_refused_where_kinds_are_declared(read):
    schema = Schema(**{name: name for name in row()}, kinds=("visit", "call"))
    with pytest.raises(DataError, match="none of visit, call"):
        read([row(), row(kind="vist")], schema)


def test_a_later_value_without_its_time_is_refused_but_a_no_is_not(read):
    schema = Schema(
        **{name: name for name in row()},
        resolved="resolved",
        value="value",
        later=(Later(at="done_at", columns=("resolved", "value")),),
    )
    rows = [
        row("a", resolved=True, value=1, done_at="2024-06-01"),
        row("b", resolved=True, value=None, done_at=None),
        row("c", resolved=False, value=None, done_at=None),
        row("d", resolved=None, value=2, done_at=None),
    ]
    log = read(rows, schema, on_error="quarantine")
    assert log.refused["customer_id"].to_pylist() == ["b", "d"]
    assert log.refused["rule"].to_pylist() == ["late_value_without_time(resolved)", "late_value_without_time(value)"]


def test_ids_that_are_no_whole_numbers_are_refused(read):
    log = read([row(1.0), row(None), row(2.5)], on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == [1]
    assert [rule.split("(")[0] for rule in log.refused["rule"].to_pylist()] == [
        "customer_id_missing",
        "customer_id_unreadable",
    ]
