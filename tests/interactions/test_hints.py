"""Where values show what is meant, the report says what to write: in TOML to whoever keeps a file, in Python to others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest

from cxchurn._core import DataError, said_in_files
from cxchurn.interactions import Schema, read_interactions, validate_interactions
from cxchurn.interactions.rows import RowReader

from .interaction_rows import NOW

PLAIN = Schema(customer_id="customer_id", timestamp="timestamp", kind_is="order", value="value", promised_at="due")
HEAD = "customer_id,timestamp,due,value\n"


def advice(path, text: str | bytes, schema: Schema = PLAIN, *, in_files: bool = True) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with said_in_files(in_files):
        try:
            return " ".join(validate_interactions(path, schema, now=NOW).advice)
        except DataError as error:  # a column of which no cell can be read so is refused as a whole
            return str(error)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        # a day above 12 proves it
        ("a,2/11/2013,,1\nb,3/15/2015,,2\n", 'every value of timestamp reads as %m/%d/%Y|time_format = "%m/%d/%Y"|'),
        # none does
        ("a,2/11/2013,,1\nb,3/5/2015,,2\n", 'reads as %m/%d/%Y or %d/%m/%Y|Say which|time_format = "%d/%m/%Y"'),
        # other columns are written otherwise
        ("a,2024-01-05,15.2.2024,1\n", 'time_format = {due = "%d.%m.%Y"}'),
        ("a,20.1.2024,15.2.2024 10:00,1\n", '{timestamp = "%d.%m.%Y", due = "%d.%m.%Y %H:%M"}'),
        # two ways in one column
        ("a,2024-01-05,,1\nb,15.2.2024,,1\n", 'written in 2 ways|["iso", "%d.%m.%Y"]'),
        ("a,2024-01-05,,\"1.010,50\"\nb,2024-01-05,,\"12,9\"\n", 'decimal = ",", thousands = "."'),
        ("a,2024-01-05,,1\nb,2024-01-05,,unknown\n", "missing = [\"unknown\""),
        ("a,2024-01-05,,1\nb,2024-01-05,x,1,2\n", "such a line has 5 cells, and the header 4"),
    ],
)  # fmt: skip
def test_hints_show_what_works(path, rows, says):
    found = advice(path, HEAD + rows)
    assert [part for part in says.split("|") if part.lower() not in found.lower()] == []
    assert "Schema(" not in found


def test_hints_in_python_show_python(path):
    assert "Schema(time_format='%m/%d/%Y', ...)" in advice(path, HEAD + "a,3/15/2015,,2\n", in_files=False)


def test_many_times_in_three_ways_are_looked_at_once(path):
    days = [datetime(2000, 1, 1) + timedelta(days=k) for k in range(1500)]
    ways = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y")
    rows = "".join(f"a,{day:{ways[k % 3]}},,1\n" for k, day in enumerate(days))
    # a try of each value in every way by itself took minutes
    assert 'time_format = ["iso", "%d.%m.%Y", "%d %b %Y"]' in advice(path, HEAD + rows)


def test_what_fits_nothing_gets_no_hint(path):
    assert advice(path, HEAD + "a,soon,,2\n") == ""


def test_rows_are_set_aside_last(path):
    rows = "".join(f"{k},2024-01-{k % 28 + 1:02},,1\n" for k in range(200))
    path.write_text(HEAD + rows + "b,soon,,1\n")
    # 1 of 201 rows is a slip; a tenth of them is not
    with pytest.raises(DataError) as error:
        read_interactions(path, PLAIN, now=NOW)
    assert error.value.hint.startswith("on_error='quarantine' sets these rows aside and goes on")
    path.write_text(HEAD + rows + "".join(f"b,soon,,{k}\n" for k in range(20)))
    with pytest.raises(DataError) as error:
        read_interactions(path, PLAIN, now=NOW)
    assert error.value.hint.startswith("If these rows are wrong")
    assert "what is learned is of the others alone" in error.value.hint


@pytest.mark.parametrize(
    ("times", "hint"),
    [
        (["2024-01-11 02:30 PM", "2024-01-12 03:30 AM"], 'time_format="%Y-%m-%d %I:%M %p"'),
        (["Thu, 11 Jan 2024 10:00:00 +0000", "Fri, 12 Jan 2024 10:00:00 +0000"], "%a, %d %b %Y %H:%M:%S %z"),
        # the clock of New York, in winter and in summer
        (
            ["2024-01-11 02:30:00 EST", "2024-07-11 02:30:00 EDT"],
            "time_format=('%Y-%m-%d %H:%M:%S EDT', '%Y-%m-%d %H:%M:%S EST'), timezone='America/New_York'",
        ),
        (
            ["11/01/2024 02:30 CET", "13/01/2024 02:30 CET"],
            "time_format='%d/%m/%Y %H:%M CET', timezone='Europe/Berlin'",
        ),
        # two clocks, or one that nobody knows
        (["2024-01-11 02:30:00 EST", "2024-07-11 02:30:00 PST"], "No usual way of writing times fits timestamp"),
        (
            ["11. maaliskuuta 2024", "12. maaliskuuta 2024"],
            "No usual way of writing times fits timestamp, such as '11. maaliskuuta 2024'",
        ),
    ],
)
def test_times_in_whatever_form_have_a_hint_that_leads_on(times, hint):
    frame = pd.DataFrame({"customer_id": ["a", "b"], "timestamp": times, "kind": "call"})
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    with pytest.raises(DataError) as error:
        read_interactions(frame, schema)
    assert hint.replace('"', "'") in str(error.value).replace('"', "'")


def test_what_a_hint_says_reads_the_times():
    frame = pd.DataFrame({"customer_id": "a", "timestamp": ["2024-01-11 02:30:00 EST", "2024-07-11 02:30:00 EDT"]})
    schema = Schema(
        customer_id="customer_id",
        timestamp="timestamp",
        kind_is="call",
        time_format=("%Y-%m-%d %H:%M:%S EDT", "%Y-%m-%d %H:%M:%S EST"),
        timezone="America/New_York",
    )
    found = [str(one) for one in read_interactions(frame, schema).events["timestamp"].to_pylist()]
    # five hours behind UTC in winter, four in summer
    assert found == ["2024-01-11 07:30:00", "2024-07-11 06:30:00"]


def test_scores_out_of_so_many_and_the_end_of_a_report_have_a_hint(tmp_path):
    path = tmp_path / "log.csv"
    head = "customer_id,timestamp,kind,score\n"
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", score="score")
    path.write_text(head + "a,2024-01-01,survey,3/5\nb,2024-01-02,survey,5/5\n")
    with pytest.raises(DataError, match=r"are out of 5, such as '3/5'(.|\n)*split_part\(\"score\", '/', 1\)"):
        read_interactions(path, schema, now=NOW)
    path.write_text(head + 'a,2024-01-01,survey,3\n\n"Report: all cases"\n"Copyright (c) Example, Inc."\n')
    with pytest.raises(DataError, match=r"These lines at the end of log[.]csv are a report's and no rows"):
        read_interactions(path, schema, now=NOW)
    path.write_text(head + "a,2024-01-01,survey\nb,2024-01-01,survey,3\n")
    with pytest.raises(DataError, match="uch a line has 3 cells"):
        read_interactions(path, schema, now=NOW)


@pytest.mark.parametrize("rest", ["c,2024-01-03,vis", 'c,"2024-01', 'c,2024-01-03,visit,"all is'])
def test_a_file_that_was_not_copied_whole_is_called_that(rest, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("customer_id,timestamp,kind,note\na,2024-01-01,visit,x\nb,2024-01-02,visit,y\n" + rest)
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    with pytest.raises(DataError, match=r"he last line of log[.]csv breaks off in the middle"):
        read_interactions(path, schema, now=NOW)


def test_numbers_without_end_have_a_hint_that_works(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "customer_id,timestamp,kind,ratio\na,2024-01-01,visit,1.5\na,2024-01-02,visit,-inf\nb,2024-01-03,visit,NULL\n"
    )
    said = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "measures": ("ratio",)}
    with pytest.raises(DataError) as error:
        read_interactions(path, Schema(**said), now=NOW)
    assert "missing=('-inf', 'NULL')" in str(error.value)
    log = read_interactions(path, Schema(**said, missing=("-inf", "NULL")), now=NOW)
    assert log.events["ratio"].to_pylist() == [1.5, None, None]
    with pytest.raises(DataError, match="say so in a query"):
        read_interactions(pd.read_csv(path), Schema(**said), now=NOW)


def test_a_header_among_the_rows_is_called_that(tmp_path):
    path = tmp_path / "log.csv"
    part = "customer_id,timestamp,kind,value\na,2024-01-0{},call,1\nb,2024-01-0{},call,2\n"
    path.write_text(part.format(1, 2) + part.format(3, 4))
    with pytest.raises(DataError, match="The header stands again among the rows"):
        read_interactions(path)


def test_a_hint_on_words_for_nothing_keeps_those_that_stand_elsewhere(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("customer_id,timestamp,kind,value,wait_s\na,2024-01-01,NA,unknown,3\nb,2024-01-02,x,5,n/a\n")
    with pytest.raises(DataError) as error:
        read_interactions(path)
    # of the labels none is said to be nothing
    assert "missing=('unknown', 'N/A')" in str(error.value)
    schema = Schema(
        customer_id="customer_id", timestamp="timestamp", kind="kind", value="value", wait_s="wait_s",
        missing=("unknown", "N/A"),
    )  # fmt: skip
    events = read_interactions(path, schema).events
    assert events["kind"].to_pylist() == ["NA", "x"]


def test_a_file_without_a_header_is_called_that(tmp_path):
    path = tmp_path / "log.txt"
    path.write_text(
        " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n 00021 0002 19970101  3   63.34\n"
    )
    with pytest.raises(DataError, match=r"looks like a row(.|\n)*columns=\('customer', 'when', \.\.\.\)"):
        read_interactions(path)
    schema = Schema(
        customer_id="who", timestamp="day", kind_is="purchase", value="dollars", time_format="%Y%m%d",
        columns=("master", "who", "day", "cds", "dollars"),
    )  # fmt: skip
    with pytest.raises(
        DataError, match=r"[Bb]lanks separate the columns of log.txt: say Schema\(delimiter='whitespace'"
    ):
        read_interactions(path, schema)
    events = read_interactions(path, replace(schema, delimiter="whitespace")).events
    assert events["value"].to_pylist() == [29.33, 29.73, 63.34]


@pytest.mark.parametrize(
    ("written", "time_format"),
    [
        ("20240111T100000Z", "%Y%m%dT%H%M%SZ"),
        ("11.01.2024 10:00 UTC", "%d.%m.%Y %H:%M UTC"),
        ("2024-01-11 10:00:00 GMT", "%Y-%m-%d %H:%M:%S GMT"),
    ],
)
def test_times_that_say_utc_are_on_no_other_clock(written, time_format):
    schema = Schema(customer_id="who", timestamp="when", kind_is="call", time_format=time_format, timezone="Asia/Tokyo")
    row = {"who": "a", "when": written}
    found = read_interactions(pd.DataFrame([row]), schema).events["timestamp"].to_pylist()
    (one,) = RowReader(schema).read([row])
    ten = datetime(2024, 1, 11, 10)
    assert (found, one.events[0].known) == ([ten], (ten - datetime(1970, 1, 1)) // timedelta(microseconds=1))


def test_a_header_with_another_name_in_it_is_called_that(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "customer_id,timestamp,kind,qty\na,2024-01-01,visit,1\ncustomer_id,timestamp,kind,qte\nb,2024-01-02,visit,2\n"
    )
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", measures=("qty",))
    with pytest.raises(DataError) as error:
        read_interactions(path, schema, now=NOW)
    assert "he header stands again among the rows" in str(error.value)
    assert "qte' in qty means" not in str(error.value)


def test_comments_among_the_lines_are_called_that(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("customer_id,timestamp,kind\n# exported by the shop\na,2024-01-01,visit\n#\nb,2024-01-02,visit\n")
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    with pytest.raises(DataError, match=r"ines of log[.]csv that begin with # are no rows"):
        read_interactions(path, schema, now=NOW)


def test_rows_that_a_spreadsheet_put_into_one_cell_are_called_that(tmp_path):
    path = tmp_path / "log.csv"
    rows = ['a,2024-01-01 10:00,visit,shop,"""Main St 1, left""",7', "b,2024-01-02 11:00,visit,web,,8"]
    path.write_text("customer_id,timestamp,kind,channel,note,pages\n" + "".join(f'"{row}";\n' for row in rows))
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    with pytest.raises(DataError, match=r"hole lines of log[.]csv stand in quotes, as one cell"):
        read_interactions(path, schema, now=NOW)
