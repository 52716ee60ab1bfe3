from __future__ import annotations

import logging

import pandas as pd
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import ROLES, Later, Schema, guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW, row


def test_columns_with_the_names_of_roles_are_no_guess(caplog):
    frame = pd.DataFrame([row(value=1.0, touchpoint="web")])
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        log = read_interactions(frame, now=NOW)
    assert caplog.text == ""
    assert not log.schema_guessed
    assert log.schema == Schema(**{name: name for name in frame})


def test_a_guess_is_said_and_kept(caplog):
    frame = pd.DataFrame(
        {"CustID": [1], "Event Time": ["2024-01-01"], "event_type": ["buy"], "items": [2], "ticket_uuid": ["x"]}
    )
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        log = read_interactions(frame, now=NOW)
    assert log.schema_guessed
    assert log.schema == Schema(customer_id="CustID", timestamp="Event Time", kind="event_type", measures=("items",))
    for words in ("CustID as customer_id", "items as a measure", "Left out: ticket_uuid"):
        assert words in caplog.text


@pytest.mark.parametrize(
    ("column", "kind", "role"),
    [
        ("user_id", "integer", "customer_id"),
        ("customerId", "text", "customer_id"),
        ("created_at", "time", "timestamp"),
        ("date", "text", "timestamp"),
        ("eventName", "text", "kind"),
        ("channel", "text", "touchpoint"),
        ("ticket_number", "text", "case_id"),
        ("amount", "number", "value"),
        ("NPS", "integer", "score"),
    ],
)
def test_usual_names_are_recognised(column, kind, role):
    base = {
        name: ("time" if ROLES[name].type == "instant" else "text")
        for name in ("customer_id", "timestamp", "kind")
        if name != role
    }
    assert getattr(guess_schema({**base, column: kind}), role) == column


def test_a_name_of_the_wrong_type_plays_no_role():
    schema = guess_schema({"customer_id": "text", "timestamp": "time", "kind": "text", "amount": "text"})
    assert schema.value is None


@pytest.mark.parametrize("role", ["resolved", "opened"])
def test_when_something_was_done_is_no_yes_or_no(role):
    columns = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    assert getattr(guess_schema({**columns, role: "time"}), role) is None
    assert getattr(guess_schema({**columns, role: "flag"}), role) == role


def test_what_looks_filled_in_later_is_left_out():
    columns = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    late = {
        "closed_at": "time",
        "closed_code": "text",
        "closed": "number",
        "order_id": "integer",
        "words": "text",
        "few": "text",
    }
    schema = guess_schema({**columns, **late}, distinct={"words": 101, "few": 100, "closed_code": 2})
    assert (schema.measures, schema.categories) == ((), ("few",))
    resolved = guess_schema({**columns, "resolved": "flag", "resolved_at": "time"})
    assert resolved.later == (Later(at="resolved_at", columns=("resolved",)),)


def test_columns_that_cannot_be_found_are_said_with_what_is_there():
    with pytest.raises(DataError) as error:
        guess_schema({"custmer_id": "text", "moment": "time", "x": "number"})
    text = str(error.value)
    assert "no column was recognised as customer_id, kind" in text
    assert "Found: custmer_id, moment, x" in text
    assert "did you mean 'custmer_id'?" in text
    assert "kind_is='purchase'" in text


def test_numbers_in_a_text_file_are_measures(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("customer_id,timestamp,kind,items,group\n1,2024-01-01,visit,3,x\n2,2024-01-01,visit,,y\n")
    log = read_interactions(path, now=NOW)
    assert (log.measures, log.categories) == (("items",), ("group",))
    assert log.events["items"].to_pylist() == [3.0, None]


def test_without_a_schema_copies_agree_in_every_column():
    frame = pd.DataFrame([row(order_id="1"), row(order_id="2")])
    assert len(read_interactions(frame, now=NOW)) == 2
    with pytest.raises(DataError, match="1 x duplicate"):
        read_interactions(frame.assign(order_id="1"), now=NOW)


def test_numbers_of_text_files_are_told_from_labels_of_figures(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "Account ID,Opened,Type,Case Number,Record ID,items,amount,weight\n"
        "a,2024-01-01,call,00001,7,1,2.5,1.25\nb,2024-01-02,call,00002,8,2,unknown,k.A.\nc,2024-01-03,mail,00003,9,3,4,2.5\n"
    )
    schema = guess_schema(path)
    # a number that has zeros before it is a name, and a role goes before a word that no number is
    assert (schema.case_id, schema.value) == ("Case Number", "amount")
    assert (schema.measures, schema.categories) == (("items",), ("weight",))
    with pytest.raises(DataError, match=r"1 x number_unreadable(.|\n)*If 'unknown' in amount means"):
        read_interactions(path, now=NOW)


def test_what_a_point_means_is_asked_where_no_column_tells(tmp_path, caplog):
    path, line = tmp_path / "log.csv", "{};2024-01-0{};call;{};{}\n"
    for fee, said in {"12,5": (",", "."), "12.5": (".", None), "12": None}.items():
        path.write_text("customer_id;timestamp;kind;value;fee\n" + line.format("a", 1, "1.234", fee))
        caplog.clear()
        if said is None:
            with pytest.raises(
                DataError, match=r"value, such as '1.234'\) may stand before decimals or between thousands"
            ):
                read_interactions(path, now=NOW)
        else:
            schema = guess_schema(path)
            assert (schema.decimal, schema.thousands) == said
            # 1,234.0 or 1.234, as the other column shows
            assert read_interactions(path, now=NOW).events["value"].to_pylist() == [1234.0 if fee == "12,5" else 1.234]
            assert "three figures behind it" not in caplog.text


def test_with_a_schema_a_point_is_a_decimal_point_and_a_doubt_is_said(caplog):
    frame = pd.DataFrame([row("a", value="1.234"), row("b", value="900"), row("c", value="2.500")])
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value")
    assert read_interactions(frame, schema, now=NOW).events["value"].to_pylist() == [1.234, 900.0, 2.5]
    assert "value: every number with a point has three figures behind it" in caplog.text
    caplog.clear()
    read_interactions(frame.assign(value=["1.234", "900", "2.5"]), schema, now=NOW)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("name", "values", "left"),
    [
        ("Uhrzeit", ["10:15", "23:59"], True),
        ("clock", ["10:15:00", "23:59:59.5"], True),
        ("Time", ["10:15 PM", "1:05 AM"], True),
        # lengths of time, by their names or by what they say
        ("wait_time", ["10:15", "23:59"], False),
        ("Time", ["10 min", "5 min"], False),
    ],
)
def test_the_time_of_a_day_beside_it_is_no_measure(name, values, left):
    frame = pd.DataFrame({"customer_id": ["a", "b"], "Datum": ["2024-01-01", "2024-01-02"], "kind": "x", name: values})
    schema = guess_schema(frame)
    assert schema.timestamp == (("Datum", name) if left else "Datum")
    assert (f'timestamp = ["Datum", "{name}"]' in propose_schema(frame)) == left
    assert (name in [*schema.measures, schema.wait_s]) != left


def test_days_and_their_times_are_read_as_one_without_a_schema(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(
        "Caller,Start Date,Start Time,Wait Time,Agent\n"
        "+491,1/15/2024,9:12 AM,00:01:15,Huber\n+492,1/16/2024,10:00 PM,00:12:15,Maier\n"
    )
    text = propose_schema(path)
    path.with_name("schema.toml").write_text(text)
    log = read_interactions(path, path.with_name("schema.toml"), now=NOW)
    assert [str(at) for at in log.events["timestamp"].to_pylist()] == ["2024-01-15 09:12:00", "2024-01-16 22:00:00"]
    # who answered is no word for what answered; a clock is a length where the name says so; the number called from is who
    assert (log.schema.agent, log.schema.agent_id, log.schema.customer_id) == (None, "Agent", "Caller")
    assert log.events["wait_s"].to_pylist() == [75.0, 735.0]


def test_what_looks_like_a_time_of_day_is_joined_to_no_day_of_something_else():
    frame = pd.DataFrame({"customer_id": ["a", "b"], "order_date": ["2024-01-01", "2024-01-02"], "kind": "x"})
    frame = frame.assign(due_date=["2024-02-01", "2024-02-02"], call_time=["10:15", "23:59"])
    assert guess_schema(frame).timestamp == "order_date"
    # figures may have lost their first zeros
    figures = frame.assign(order_time=["143207", "3207"])
    assert guess_schema(figures).timestamp == "order_date"
    assert guess_schema(figures.assign(order_time=["143207", "003207"])).timestamp == ("order_date", "order_time")


def test_a_customer_without_an_id_is_known_by_the_nearest_thing_to_one():
    columns = {"when": "time", "type": "text", "Email": "text"}
    assert guess_schema(columns).customer_id == "Email"
    assert guess_schema({**columns, "user_pseudo_id": "text"}).customer_id == "user_pseudo_id"
    assert guess_schema({**columns, "Sold to customer": "text"}).customer_id == "Sold to customer"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("ID клиента;Дата заказа;Событие;Сумма", "cp1251"),
        ("ID клиента;Дата заказа;Событие;Сумма", "koi8-r"),
        ("Κωδικός Πελάτη;Ημερομηνία;Γεγονός;Ποσό", "cp1253"),
        ("客户编号;交易时间;事件类型;金额", "gb18030"),
        ("顧客番号;注文日時;イベント;購入金額", "cp932"),
        ("고객번호;주문일시;이벤트;결제금액", "cp949"),
    ],
)
def test_plain_names_in_other_scripts_and_their_encodings_are_known(tmp_path, header, encoding):
    path = tmp_path / "log.csv"
    path.write_bytes(f"{header}\n7;2024-05-01;visit;1.5\n8;2024-05-02;visit;2.5\n".encode(encoding))
    schema, names = guess_schema(path), header.split(";")

    assert [schema.customer_id, schema.timestamp, schema.kind, schema.value] == names
    log = read_interactions(path, schema, now=NOW)
    assert log.events["value"].to_pylist() == [1.5, 2.5]
    assert schema.encoding == encoding


def test_the_yen_sign_of_japanese_encodings_is_no_backslash(tmp_path):
    path = tmp_path / "log.csv"
    # one byte stands for both, and says the first where it is shown
    path.write_bytes("顧客番号,日付,kind,金額\n7,2024-05-01,buy,\\1200\n8,2024-05-02,buy,900円\n".encode("cp932"))
    schema = Schema(customer_id="顧客番号", timestamp="日付", kind="kind", value="金額")

    log = read_interactions(path, schema, now=NOW)
    assert log.events["value"].to_pylist() == [1200.0, 900.0]


@pytest.mark.parametrize(
    "header",
    [
        "klient,data operacji,rodzaj,kwota",
        "kundnummer,datum,typ,belopp",
        "KUNNR,BUDAT,art,DMBTR",
        "m\u00fc\u015fteri no,tarih,tipo,tutar",
    ],
)
def test_plain_names_in_more_languages_are_known(tmp_path, header):
    path = tmp_path / "log.csv"
    path.write_text(f"{header}\n7,2024-05-01,x,1.5\n8,2024-05-02,y,2.5\n", encoding="utf-8")
    schema, names = guess_schema(path), header.split(",")
    assert [schema.customer_id, schema.timestamp, schema.kind, schema.value] == names
