from __future__ import annotations

import logging

import pandas as pd
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import CustomerSchema, Schema, read_customers, read_interactions

# every value of a column, how it is read, and the first value
COLUMNS = [
    (["3/22/2021", "12/5/2021", "1/30/2022"], "time", "2021-03-22 00:00:00"),
    (["22/3/2021", "5/12/2021", "30/1/2022"], "time", "2021-03-22 00:00:00"),
    (["22.03.2021", "05.12.2021", "30.01.2022"], "time", "2021-03-22 00:00:00"),
    (["3/22/2021 14:05", "12/5/2021 00:00", "1/30/2022 23:59"], "time", "2021-03-22 14:05:00"),
    (["2021-03-22", "NULL", ""], "time", "2021-03-22 00:00:00"),
    (["1,200", "900", "NULL"], "number", 1200.0),
    (["1.5", "n/a", "-3e2"], "number", 1.5),
    (["01234", "99999", ""], "text", "01234"),
    (["soon", "2021-01-01", "2021-01-02"], "text", "soon"),
    (["3/4/2021", "5/6/2021", "7/8/2021"], "text", "3/4/2021"),
]


@pytest.mark.parametrize(("values", "kind", "first"), COLUMNS)
@pytest.mark.sampled(3)
def test_text_files_hold_numbers_and_times_as_people_write_them(values, kind, first, tmp_path):
    path = tmp_path / "c.csv"
    pd.DataFrame({"customer_id": [1, 2, 3], "given": values}).to_csv(path, index=False)
    table = read_customers(path)
    assert table.attributes == {"given": kind}
    found = table.table["given"].to_pylist()
    assert (str(found[0]) if kind == "time" else found[0]) == first
    assert [value is None for value in found] == [value in ("", "NULL", "n/a") for value in values]


def test_texts_in_a_frame_may_be_times_but_no_numbers():
    frame = pd.DataFrame({"customer_id": [1, 2], "zip": ["1234", "9999"], "signup": ["2021-03-22", None]})
    assert read_customers(frame).attributes == {"zip": "text", "signup": "time"}


def test_dates_that_can_be_read_in_two_ways_are_not_guessed(caplog):
    frame = pd.DataFrame({"customer_id": [1, 2], "signup": ["3/4/2021", "5/6/2021"]})
    assert read_customers(frame).attributes == {"signup": "text"}
    assert "may be written %m/%d/%Y or %d/%m/%Y" in caplog.text
    table = read_customers(frame, time_format="%d/%m/%Y")
    assert str(table.table["signup"][0]) == "2021-04-03 00:00:00"


def test_figures_are_times_where_a_format_says_so():
    frame = pd.DataFrame({"customer_id": [1, 2], "signup": [20210322, 20211205], "seats": [3, 20]})
    assert read_customers(frame).attributes == {"signup": "number", "seats": "number"}
    table = read_customers(frame, time_format="%Y%m%d")
    assert table.attributes == {"signup": "time", "seats": "number"}


def test_how_each_attribute_was_read_is_said(caplog, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text('customer_id,signup,income,plan\n1,3/22/2021,"1,200",x\n2,12/5/2021,900,y\n')
    with caplog.at_level(logging.INFO, logger="cxchurn"):
        read_customers(path)
    assert (
        "attributes: signup (time, written %m/%d/%Y), income (number, written with ',' between thousands), plan (text)."
    ) in caplog.text


@pytest.mark.parametrize(("good", "bad", "said"), [("5", "five", "no number"), ("2021-01-01", "soon", "no time")])
def test_a_few_odd_values_are_said(good, bad, said, caplog, tmp_path):
    path = tmp_path / "c.csv"
    pd.DataFrame({"customer_id": range(40), "given": [good] * 38 + [bad] * 2}).to_csv(path, index=False)
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        assert read_customers(path).attributes == {"given": "text"}
    assert f"given is read as text: 2 of the first 40 values are {said}, such as '{bad}'" in caplog.text


def read_text(tmp_path, values, **about):
    path = tmp_path / "c.csv"
    pd.DataFrame({"customer_id": range(len(values)), "given": values}).to_csv(path, index=False)
    return read_customers(path, **about)


@pytest.mark.parametrize(
    ("values", "about", "kind", "found"),
    [
        # 12,50 proves that 1.234 is a thousand and more
        (["12,50", "1.234", "7"], {}, "number, written with a decimal comma", [12.5, 1234.0, 7.0]),
        (["12,50", "1.234,00", "7"], {"decimal": ",", "thousands": "."}, "number", [12.5, 1234.0, 7.0]),
        (["1.234", "5.678", "7"], {"decimal": ",", "thousands": "."}, "number", [1234.0, 5678.0, 7.0]),
        (["€ 12.50", "(3)", "€1,200"], {}, "number, written in €", [12.5, -3.0, 1200.0]),
        (["5", "unknown", "7"], {"missing": ("unknown",)}, "number", [5.0, None, 7.0]),
        (["a", "unknown", "NA"], {"missing": ("unknown",)}, "text", ["a", None, "NA"]),
        (["a", "b", "NA"], {}, "text", ["a", "b", "NA"]),
        (["3/4/2021", "2021-05-06", "7/8/2021"], {"time_format": ("%d/%m/%Y", "iso")}, "time, written %d/%m/%Y, iso",
         ["2021-04-03 00:00:00", "2021-05-06 00:00:00", "2021-08-07 00:00:00"]),
        (["1714557600", "1714557601", ""], {"time_format": {"given": "epoch_s"}}, "time, written epoch_s",
         ["2024-05-01 10:00:00", "2024-05-01 10:00:01", None]),
        # seconds are not told from other whole numbers where they are said of no column
        (["1714557600", "1714557601", ""], {"time_format": "epoch_s"}, "number", [1714557600.0, 1714557601.0, None]),
    ],
)  # fmt: skip
@pytest.mark.sampled(3)
def test_what_is_said_of_texts_reaches_the_attributes(values, about, kind, found, tmp_path):
    table = read_text(tmp_path, values, **about)
    assert f"given ({kind})" in repr(table)
    cells = table.table["given"].to_pylist()
    assert [str(one) if kind.startswith("time") and one is not None else one for one in cells] == found


def test_one_null_in_many_rows_makes_no_label_of_a_number(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("customer_id,income\n" + "".join(f"{k},{k % 97}\n" for k in range(9_999)) + "x,NULL\n")
    assert read_customers(path).attributes == {"income": "number"}


def test_what_the_interactions_say_of_texts_holds_for_the_customers_too(tmp_path):
    (tmp_path / "c.csv").write_text("kunde;seit;umsatz\na;31.12.2023;1.234,50\nb;02.01.2024;k.A.\n")
    (tmp_path / "log.csv").write_text("kunde;wann;was\na;01.05.2024;kauf\nb;02.05.2024;kauf\n")
    (tmp_path / "schema.toml").write_text(
        '[roles]\ncustomer_id = "kunde"\ntimestamp = "wann"\nkind = "was"\n'
        '[format]\ndelimiter = ";"\ntime_format = "%d.%m.%Y"\ndecimal = ","\nthousands = "."\nmissing = ["k.A."]\n'
        '[customers]\ncustomer_id = "kunde"\n'
    )
    log = read_interactions(tmp_path / "log.csv", tmp_path / "schema.toml", customers=tmp_path / "c.csv")
    assert repr(log.customers) == "CustomerTable: 2 rows: seit (time, written %d.%m.%Y), umsatz (number)"
    assert log.customers.table["umsatz"].to_pylist() == [1234.5, None]


@pytest.mark.parametrize(
    ("others", "how", "first"),
    [
        # another column shows what a comma or a point means
        ({"more": ["12,5", "3,1", "4"]}, "number, written with a decimal comma", 1234.0),
        ({"more": ["12.5", "3.1", "4"]}, "number, written with a decimal point", 1.234),
        ({}, "text", "1.234"),
        # the columns contradict each other
        ({"more": ["12,5", "3,1", "4"], "fee": ["1.5", "2.5", ""]}, "text", "1.234"),
    ],
)
def test_a_point_before_three_figures_is_read_as_the_table_writes_numbers(others, how, first, tmp_path, caplog):
    path = tmp_path / "c.csv"
    columns = {"customer_id": ["a", "b", "c"], "given": ["1.234", "900", "2.500"], **others}
    pd.DataFrame(columns).to_csv(path, index=False)
    table = read_customers(path)
    assert f"given ({how})" in repr(table)
    assert table.table["given"][0].as_py() == first
    assert ("may stand before decimals or between thousands" in caplog.text) == (how == "text")


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        (
            ["12 %", "13%", "0"],
            "text",
            "all of its numbers carry a percent sign. Say so under [customers] in the schema",
        ),
        (["12 %", "0.13", "0"], "text", "some of its numbers carry a percent sign. Write all of them so, and say it"),
        (["R$ 1,5", "R$ 2,5", ""], "number, written with a decimal comma, in R$", ""),
        (["$3.50", "€4.00", "5"], "text", "several currencies ($, €)"),
        (["5", "unknown", "7", "n/a", "n/a"], "text", 'missing = ["unknown", "n/a"]'),
        (["A1", "5", "B2"], "text", ""),
    ],
)
def test_what_stands_beside_or_among_numbers_is_said(values, kind, said, tmp_path, caplog):
    table = read_text(tmp_path, values)
    assert repr(table) == f"CustomerTable: {len(values)} rows: given ({kind})"
    assert said in caplog.text
    assert bool(said) == bool(caplog.text)


def test_attributes_with_a_percent_sign_are_numbers_where_that_is_said(tmp_path):
    about = CustomerSchema(percent=("load",))
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", customers=about)
    log = pd.DataFrame({"customer_id": [1, 2, 3], "timestamp": "2024-01-01", "kind": "call"})
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "load": ["12 %", "0", ""]})
    frame.to_csv(tmp_path / "c.csv", index=False)
    for data in (tmp_path / "c.csv", frame):
        table = read_interactions(log, schema, customers=data).customers
        assert repr(table) == "CustomerTable: 3 rows: load (number, written in %)"
        assert table.table["load"].to_pylist() == [12.0, 0.0, None]
        assert read_customers(data, percent=("load",)).table["load"].equals(table.table["load"])
    for load in (["12 %", "0.12", "0"], [0.12, 0.13, 0.0]):
        with pytest.raises(DataError, match="attribute_unreadable"):
            read_interactions(log, schema, customers=frame.assign(load=load))
    with pytest.raises(DataError, match="has no column 'lod'"):
        read_customers(frame, percent=("lod",))


@pytest.mark.parametrize(
    ("times", "missing"),
    [
        (["1900-01-01", "2020-05-01", "9999-12-31"], [True, False, True]),
        (["1970-01-01", "2020-05-01", "2031-01-01"], [True, False, False]),
        # where somebody was born in the year before, somebody may have been born then
        (["1970-01-01", "1969-05-01", "1900-01-01"], [False, False, True]),
    ],
)
def test_times_that_stand_for_none_are_missing_and_counted(times, missing, tmp_path):
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "given": times})
    frame.to_csv(tmp_path / "c.csv", index=False)
    log = pd.DataFrame({"customer_id": [1, 2, 3], "timestamp": "2024-01-01", "kind": "call"})
    for data in (tmp_path / "c.csv", frame, frame.assign(given=frame["given"].astype("datetime64[us]"))):
        read = read_interactions(log, customers=data)
        assert [value is None for value in read.customers.table["given"].to_pylist()] == missing
        assert {one.rule: one.rows for one in read.validation.findings if one.rows} == {
            "time_placeholder": sum(missing)
        }


@pytest.mark.parametrize(("name", "said"), [("created", True), ("signup_ts", True), ("balance", False)])
def test_numbers_that_look_like_times_and_are_called_so_are_said(name, said, caplog):
    frame = pd.DataFrame({"customer_id": [1, 2], name: [1_672_531_200, 1_672_617_600]})
    assert read_customers(frame).attributes == {name: "number"}
    assert (f'time_format = {{{name} = "epoch_s"}}' in caplog.text) == said
    assert read_customers(frame, time_format={name: "epoch_s"}).attributes == {name: "time"}


def test_birthdays_in_the_next_century_are_said(caplog, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("customer_id,born\n" + "".join(f"{n},{1 + n % 28:02}.05.{60 + n % 39}\n" for n in range(40)))
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        read_customers(path)
    assert "born has years of two figures" in caplog.text
    assert " in 2060)" in caplog.text
