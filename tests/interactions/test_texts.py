"""Logs as they are: how texts, files and columns may be written, and what is said of those that are written otherwise."""

from __future__ import annotations

import datetime
import json
import re
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Query, Schema, guess_schema, propose_schema, read_interactions
from cxchurn.interactions.reading.casts._source_columns import casts_of
from cxchurn.interactions.reading.sources._opened import opened
from cxchurn.interactions.rows import RowReader

NOW = "2026-01-01"
BASE = {"customer_id": "who", "timestamp": "when", "kind_is": "purchase", "duplicates": "keep"}


def events(data, **schema):
    return read_interactions(data, Schema(**{**BASE, **schema}), now=NOW).events


def values(texts, **schema):
    frame = pd.DataFrame({"who": "K1", "when": "2024-05-01", "v": texts}, dtype=object)
    return events(frame, **{"value": "v", **schema})["value"].to_pylist()


def times(texts, **schema):
    frame = pd.DataFrame({"who": "K1", "when": texts}, dtype=object)
    return [str(moment) for moment in events(frame, **schema)["timestamp"].to_pylist()]


@pytest.mark.parametrize(
    ("texts", "schema", "expected"),
    [
        (["12.50", "$1234.5", "12.50 USD", "(3)", "4-"], {}, [12.5, 1234.5, 12.5, -3, -4]),
        (["12.5%", "0", "7 %", "(3%)", ""], {"percent": ("v",)}, [12.5, 0, 7, -3, None]),
        (["12,5 %", "1.000 %"], {"percent": ("v",), "decimal": ",", "thousands": "."}, [12.5, 1000]),
        (["12,50", "1.234", "1.234,5", "\u20ac 9"], {"decimal": ",", "thousands": "."}, [12.5, 1234, 1234.5, 9]),
        (["1,234.50", "12.5"], {"thousands": ","}, [1234.5, 12.5]),
        (["1,21,000.50", "-12,000", "\u20b95,00,000"], {"thousands": ","}, [121000.5, -12000, 500000]),
        (["1\u202f234,5", "1 000"], {"decimal": ",", "thousands": " "}, [1234.5, 1000]),
        (["1'234.5", "1\u2019000"], {"thousands": "'"}, [1234.5, 1000]),
        # no comma anywhere: a point is a decimal point
        (["1.234", "5"], {}, [1.234, 5]),
        (["NULL", "n/a", "-", "5"], {}, [None, None, None, 5]),
        (["999", "5"], {"missing": ("999",)}, [None, 5]),
        # a dash may stand for no cents
        (["5,-", "1.699,\u2013", "\u20ac 7,--", "12,50-"], {"decimal": ",", "thousands": "."}, [5, 1699, 7, -12.5]),
        (["Rs. 1,200.00", "(Rs 5)"], {"thousands": ","}, [1200, -5]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(texts, schema, expected):
    assert values(texts, **schema) == expected


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        # at the shell it is the TOML that is shown
        (["12,50", "1.234"], "say Schema(decimal=',', thousands='.', ...)"),
        (["1.234,50", "5"], "say Schema(decimal=',', thousands='.', ...)"),
        (["1,234.50", "5"], "thousands=','"),
        (["1,21,000", "5"], "thousands=','"),
        (["1,234", "5"], "read in several ways"),
        (["1 234", "5"], "thousands ' '"),
        (["$5", "\u20ac 5"], "several currencies: $, \u20ac"),
    ],
)
def test_a_column_of_numbers_that_are_not_plain_is_refused_whole(texts, message):
    frame = pd.DataFrame({"who": "K1", "when": "2024-05-01", "v": texts}, dtype=object)
    with pytest.raises(DataError) as error:
        read_interactions(frame, Schema(**BASE, value="v"), now=NOW, on_error="quarantine")
    assert message in str(error.value)


def test_lengths_of_time_are_seconds():
    texts = [
        "1:02:03",
        "12:30",
        "12 min",
        "1h 5m",
        "PT12M",
        "90",
        "15 Min. 41 Sekunden",
        "2 heures",
        "1 Std. 5 Minuten",
    ]
    # 3,600 + 120 + 3; 720 + 30; 12 x 60; 3,600 + 300; 900 + 41
    assert _waits(texts) == [3723, 750, 720, 3900, 720, 90, 941, 7200, 3900]


def _waits(texts):
    frame = pd.DataFrame({"who": "K1", "when": "2024-05-01", "w": texts}, dtype=object)
    return events(frame, wait_s="w")["wait_s"].to_pylist()


@pytest.mark.parametrize(
    ("texts", "time_format", "expected"),
    [
        (
            ["3/15/2015", "5/1/2015 1:30 PM"],
            ("%m/%d/%Y", "%m/%d/%Y %I:%M %p"),
            ["2015-03-15 00:00:00", "2015-05-01 13:30:00"],
        ),
        ([1_714_557_600, 1_714_557_601], "epoch", ["2024-05-01 10:00:00", "2024-05-01 10:00:01"]),
        ([1_714_557_600_000, 2**32], "epoch_ms", ["1970-02-19 17:02:47.296000", "2024-05-01 10:00:00"]),
        (["1714557600000", "1714557601000"], "epoch", ["2024-05-01 10:00:00", "2024-05-01 10:00:01"]),
        ([1_714_557_600_000_000_000], "epoch_ns", ["2024-05-01 10:00:00"]),
        # 45,413 days after 30 December 1899, and a quarter of one
        ([45_413.25], "excel", ["2024-05-01 06:00:00"]),
        (["2024-05-01", "01.05.2024"], {"when": ("iso", "%d.%m.%Y")}, ["2024-05-01 00:00:00"] * 2),
        (["2024-05-01 10:00 +0200"], "%Y-%m-%d %H:%M %z", ["2024-05-01 08:00:00"]),
    ],
)
def test_times_are_read_in_the_forms_that_are_named(texts, time_format, expected):
    assert sorted(times(texts, time_format=time_format)) == expected


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["3/15/2015", "5/1/2015"], "time_format='%m/%d/%Y'"),
        (["15/3/2015", "5/1/2015"], "time_format='%d/%m/%Y'"),
        (["3/5/2015", "5/1/2015"], "do not tell which"),
        (["01.05.2024 10:00", "02.05.2024 11:30"], "time_format='%d.%m.%Y %H:%M'"),
    ],
)
def test_times_in_another_form_are_refused_whole_with_the_form_that_fits(texts, message):
    with pytest.raises(DataError) as error:
        times(texts)
    assert message in str(error.value)


def test_numbers_of_no_one_unit_are_refused():
    with pytest.raises(DataError, match="no unit fits all of them"):
        times([1_714_557_600, 1_714_557_600_000], time_format="epoch")


def test_the_unit_that_a_column_told_is_in_the_schema_that_is_kept():
    frame = pd.DataFrame({"who": "K1", "when": [1_714_557_600_000]})
    (schema,) = read_interactions(frame, Schema(**BASE, time_format="epoch"), now=NOW).schemas
    assert schema.time_format == {"when": ("epoch_ms",)}


def test_a_day_and_the_time_of_it_may_be_two_columns(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("who,day,at\nK1,01.05.2024,10:30\nK2,02.05.2024,11:00\n")
    schema = {"timestamp": ("day", "at"), "time_format": "%d.%m.%Y %H:%M"}
    expected = [datetime.datetime(2024, 5, 1, 10, 30), datetime.datetime(2024, 5, 2, 11)]
    assert events(path, **schema)["timestamp"].to_pylist() == expected
    frame = pd.DataFrame({"who": ["K1"], "day": pd.to_datetime(["2024-05-01"]), "at": [datetime.time(10, 30)]})
    assert events(frame, timestamp=("day", "at"))["timestamp"].to_pylist() == expected[:1]


NESTED = [{"user": {"id": 7, "plan": None}, "when": "2024-05-01", "p": {"a": {"b": 1.5}}}]


def test_fields_inside_columns_are_read_by_their_path(tmp_path):
    table, lines, text = pa.Table.from_pylist(NESTED), tmp_path / "a.jsonl", tmp_path / "a.csv"
    pq.write_table(table, tmp_path / "a.parquet")
    lines.write_text("\n".join(map(json.dumps, NESTED)))
    rows = [{"user": json.dumps(one["user"]), "when": one["when"], "p": json.dumps(one["p"])} for one in NESTED]
    pd.DataFrame(rows).to_csv(text, index=False)
    for data in (table, tmp_path / "a.parquet", lines, text, pd.DataFrame(rows)):
        (event,) = events(data, customer_id="user.id", value="p.a.b").to_pylist()
        assert (str(event["customer_id"]), event["value"]) == ("7", 1.5)


def test_text_that_should_be_json_and_is_none_is_no_row(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text('who,when,p\nK1,2024-05-01,"{""v"": 2}"\nK2,2024-05-01,{v\n')
    log = read_interactions(path, Schema(**BASE, value="p.v"), now=NOW, on_error="quarantine")
    assert (log.events["value"].to_pylist(), log.refused["rule"].to_pylist()) == ([2.0], ["line_unreadable"])


TEXT = "who,when,city\nK1,2024-05-01,Z\u00fcrich\nK2,2024-05-02,K\u00f6ln \u20ac\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_is_read_in_the_encoding_that_it_is_in(tmp_path, encoding):
    path = tmp_path / "log.csv"
    path.write_bytes(TEXT.encode(encoding))
    log = read_interactions(path, Schema(**BASE, categories=("city",)), now=NOW)
    assert log.events["city"].to_pylist() == ["Z\u00fcrich", "K\u00f6ln \u20ac"]
    assert any("read as cp1252 (such as 'Z\u00fcrich')" in note for note in log.validation.notes) == (
        encoding == "cp1252"
    )


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1250", "Wp\u0142ywy \u017bywno\u015b\u0107"),
        ("cp1250", "\u010c\u00e1stka p\u0159\u00edkaz k\u016f\u0148 \u0165uk"),
        ("iso8859-2", "Wp\u0142ywy ksi\u0105\u017cki \u015awi\u0119ta"),
        ("cp1254", "M\u00fc\u015fteri do\u011fum al\u0131\u015f"),
        ("cp1257", "Pirk\u0117jas \u0161al\u012fs mok\u0117jim\u0173"),
        ("mac_roman", "Gr\u00f6\u00dfe M\u00fcnchen K\u00e4ufe"),
        ("cp850", "Gr\u00f6\u00dfe M\u00fcnchen K\u00e4ufe"),
        ("cp1252", "Gr\u00f6\u00dfe Garc\u00eda M\u00f8ller Fran\u00e7ois \u00c5ke"),
        ("cp1252", "no\u2019s 5 m\u00b3"),
    ],
)
def test_encodings_of_latin_letters_are_told_apart_by_their_languages(tmp_path, encoding, words):
    path = tmp_path / "log.csv"
    path.write_bytes(f"who,when,city\nK1,2024-05-01,{words}\n".encode(encoding))
    assert read_interactions(path, Schema(**BASE, categories=("city",)), now=NOW).events["city"].to_pylist() == [words]
    proposed = propose_schema(path)
    assert f'encoding = "{encoding}"' in proposed
    assert "is a word in it: otherwise name another" in re.sub(r"\n#\s+", " ", proposed)


def test_a_file_in_another_encoding_than_was_said_is_refused_whole(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    with pytest.raises(DataError, match="looks like cp1252"):
        read_interactions(path, Schema(**BASE, encoding="utf-8"), now=NOW)
    path.write_bytes("who,when,city\nK1,2024-05-01,\u041c\u043e\u0441\u043a\u0432\u0430\n".encode("cp1251"))
    for said in ({}, {"encoding": "cp1251"}):
        log = read_interactions(path, Schema(**BASE, categories=("city",), **said), now=NOW)
        assert log.events["city"].to_pylist() == ["\u041c\u043e\u0441\u043a\u0432\u0430"]
        assert any("read as cp1251" in note for note in log.validation.notes) == (not said)
    path.write_bytes("who,when,city\nK1,2024-05-01,\u041c\u043e\u0441\u043a\u0432\u0430\n".encode("koi8-r"))
    with pytest.raises(DataError, match="not to be told what it is"):
        read_interactions(path, Schema(**BASE), now=NOW)


def test_two_letters_in_a_row_that_are_no_ascii_are_in_every_portuguese_word(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(
        "who,when,city\nK1,2024-05-01,devolu\u00e7\u00e3o\nK2,2024-05-01,reclama\u00e7\u00e3o\n".encode("cp1252")
    )
    log = read_interactions(path, Schema(**BASE, categories=("city",)), now=NOW)
    assert log.events["city"].to_pylist() == ["devolu\u00e7\u00e3o", "reclama\u00e7\u00e3o"]


def test_a_title_above_the_table_may_have_as_many_cells(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Calls in May,,,\n,,,\ncustomer,date,type,note\nK1,2024-05-01,call,x\nK2,2024-05-02,mail,\n")
    assert guess_schema(path).skip == 2
    # an index without a name is a column like others
    path.write_text(",customer,date,type\n0,K1,2024-05-01,call\n1,K2,2024-05-02,mail\n")
    assert guess_schema(path).skip == 0


def test_what_says_something_of_data_is_no_data(tmp_path):
    (tmp_path / "README.txt").write_text("Two months of calls, for whoever asks.\n")
    (tmp_path / "calls.txt").write_text("who,when,city\nK1,2024-05-01,Bern\n")
    assert len(read_interactions(tmp_path, Schema(**BASE), now=NOW)) == 1


def test_rows_are_those_of_the_list_that_an_object_holds(tmp_path):
    path = tmp_path / "page1.json"
    rows = [{"who": "K1", "when": "2024-05-01", "user": {"city": "Bern"}}, {"who": "K2", "when": "2024-05-02"}]
    path.write_text(json.dumps({"data": rows, "next": None, "count": 2}))
    schema = Schema(**BASE, categories={"city": "user.city"})
    log = read_interactions(path, schema, now=NOW)
    assert log.events["city"].to_pylist() == ["Bern", None]
    assert any("its rows are those of 'data'" in note for note in log.validation.notes)
    path.with_name("page2.json").write_text(json.dumps({"data": rows[:1], "next": None, "count": 1}))
    schema = Schema(**BASE)
    assert len(read_interactions(tmp_path / "page*.json", schema, now=NOW)) == 3
    # a row of its own that holds a list
    path.write_text(
        json.dumps({"who": "K1", "when": "2024-05-01", "order_id": 7, "items": [{"sku": "a"}, {"sku": "b"}]})
    )
    assert len(read_interactions(path, Schema(**BASE), now=NOW)) == 1


def test_numbers_that_show_a_decimal_point_leave_a_comma_to_its_row():
    frame = pd.DataFrame({"who": "K1", "when": "2024-05-01", "v": ["3,5", "4.5", "7"]}, dtype=object)
    schema = Schema(**BASE, value="v")
    log = read_interactions(frame, schema, now=NOW, on_error="quarantine")
    assert (log.events["value"].to_pylist(), log.validation.rows_refused) == ([4.5, 7.0], 1)
    assert [row.refused for row in RowReader(schema).read(frame.to_dict("records"))] == [True, False, False]


def test_the_members_of_an_archive_are_one_log(tmp_path):
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("a.csv", "who,when\nK1,2024-05-01\n")
        archive.writestr("more/b.csv", "when,who\n2024-05-02,K2\nx,K3\n")
    log = read_interactions(tmp_path / "logs.zip", Schema(**BASE), now=NOW, on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == ["K1", "K2"]
    assert log.validation.broken[0].examples[0]["file"] == "b.csv"


def test_titles_before_the_header_and_another_delimiter_are_named_by_the_hint(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Report of May\n\nwho;when\nK1;2024-05-01\nK2;2024-05-02\nTotal;2\n")
    with pytest.raises(DataError) as error:
        events(path)
    assert 'delimiter = ";"' in str(error.value)
    assert "skip = 2" in str(error.value)
    log = read_interactions(path, Schema(**BASE, delimiter=";", skip=2), now=NOW, on_error="quarantine")
    assert log.validation.rows_refused == 1
    assert any("looks like a total, 'Total;2'" in note for note in log.validation.notes)


def test_labels_are_kept_to_the_letter_unless_words_are_named(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("who,when,region\nK1,2024-05-01,NA\nK2,2024-05-02,?\n")
    assert events(path, categories=("region",))["region"].to_pylist() == ["NA", "?"]
    assert events(path, categories=("region",), missing=("?",))["region"].to_pylist() == ["NA", None]


ANSWER = """
SELECT 7::bigint AS who, '2024-05-01 10:00+02'::timestamptz AS when, 12.50::numeric(10, 2) AS v, '{"a": 2}'::jsonb AS p
"""


def test_a_database_is_asked_by_its_address_and_its_password_is_never_said(postgres_address):
    (event,) = events(Query(ANSWER, uri=postgres_address), value="v", measures={"a": "p.a"}).to_pylist()
    assert (event["customer_id"], event["value"], event["a"]) == (7, 12.5, 2.0)
    assert event["timestamp"] == datetime.datetime(2024, 5, 1, 8)
    strange, wrong = (postgres_address.replace("postgres@", f"{user}:hush@") for user in ("nobody", "postgres"))
    for query in (Query("SELECT 1", uri=strange), Query("SELEC 1", uri=wrong)):
        assert "hush" not in repr(query)
        with pytest.raises((DataError, UsageError)) as error:
            events(query)
        assert "hush" not in str(error.value)


@pytest.mark.parametrize("role", ["id", "instant", "number", "flag", "category"])
@pytest.mark.parametrize("missing", [None, ("7", "nothing", "none", "void", "leer", "vide", "-", "?", "x", "0")])
def test_no_cast_makes_the_engine_join_for_a_join_forgets_the_order_of_rows(role, missing):
    schema = Schema(
        customer_id="c",
        timestamp="c",
        kind="c",
        value="c",
        resolved="c",
        **({} if missing is None else {"missing": missing}),
    )
    label = {"id": "customer_id", "instant": "timestamp", "number": "value", "flag": "resolved", "category": "kind"}[
        role
    ]
    with opened(pd.DataFrame({"c": ["a", "b"]})) as data:
        found = casts_of(data, schema)[label]
        data.con.execute("CREATE TEMP TABLE raw AS SELECT 'a' AS c0")
        for sql in (found.value, found.present):
            plan = data.con.execute(f"EXPLAIN SELECT {sql} FROM raw").fetchall()[0][1].lower()
            assert "join" not in plan.replace("_", " ")
