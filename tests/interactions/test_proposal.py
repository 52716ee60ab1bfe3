from __future__ import annotations

import tomllib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import CxchurnError, DataError
from cxchurn.interactions import Query, Schema, Source, guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW

cells = st.none() | st.text(max_size=6) | st.sampled_from(["2024-01-05", "3/4/2024", "1,5", "7", "yes", "-", "open"])
names = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["customer_id", "created_at", "closed_at", "type", "amount", "status", "end_date", "later", "kind"]
)


@settings(deadline=None, max_examples=60)
@given(
    table=st.dictionaries(names, st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6),
)
def test_whatever_a_table_holds_the_proposal_is_toml(table):
    frame = pd.DataFrame(table, dtype=object)
    try:
        text = propose_schema(frame)
    except CxchurnError:
        return  # such as columns whose names differ in nothing
    assert isinstance(tomllib.loads(text), dict)


def test_a_proposal_reads_at_once_where_nothing_is_left_open(tmp_path):
    data, schema = tmp_path / "orders.csv", tmp_path / "schema.toml"
    data.write_text("cust_id;when;betrag\nA;13.02.2024;1\nB;1.3.2024;2\n")
    schema.write_text(propose_schema(data))
    assert Schema.from_toml(schema) == Schema(
        customer_id="cust_id",
        timestamp="when",
        kind_is="purchase",
        value="betrag",
        delimiter=";",
        time_format="%d.%m.%Y",
    )
    assert read_interactions(data, schema, now=NOW).events["kind"].to_pylist() == ["purchase"] * 2


def test_the_command_that_a_proposal_names_can_be_typed(tmp_path):
    data = tmp_path / "our orders.csv"
    data.write_text("cust_id;when;betrag\nA;13.02.2024;1\nB;1.3.2024;2\n")
    assert f"cxchurn validate '{data}' --schema schema.toml" in propose_schema(data)


def test_a_proposal_says_what_is_to_be_decided(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text("customer_id,when,amount\nA,1/2/2024,35\nB,3/4/2024,12\n")
    text = propose_schema(data)
    assert 'kind = "interaction"' in text
    assert "DECIDE: no column says of what kind" in text
    assert '# time_format = "%m/%d/%Y"\n# time_format = "%d/%m/%Y"' in text
    # and nobody reads it either way before it is decided
    with pytest.raises(DataError, match="can be read in several ways"):
        guess_schema(pd.read_csv(data).assign(kind="x"))


def test_several_tables_become_sources_of_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"customer_id": ["1"], "timestamp": ["2024-01-01"], "kind": ["buy"]}).to_parquet("orders.parquet")
    pd.DataFrame({"user": ["1"], "day": ["2/13/2024"], "stars": [4]}).to_csv("ratings.csv", index=False)
    text = propose_schema(["orders.parquet", Source("ratings.csv")])
    (tmp_path / "log.toml").write_text(text.replace('# timestamp = "..."', 'timestamp = "day"'))
    log = read_interactions("log.toml", now=NOW)
    assert sorted(log.events["kind"].to_pylist()) == ["buy", "rating"]
    assert [schema.customer_id for schema in log.schemas] == ["customer_id", "user"]


def test_columns_without_a_name_and_empty_ones_are_left_out(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text(",customer_id,timestamp,kind,nothing\n0,a,2024-01-01,x,\n1,b,2024-01-02,x,\n")
    text = propose_schema(data)
    assert "column_1" in text.partition("# Left out:")[2]
    assert guess_schema(data) == Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_what_separates_the_columns_is_found(mark, tmp_path):
    data = tmp_path / "log.csv"
    data.write_text("customer_id,timestamp,kind\na,2024-01-01,x\n".replace(",", mark))
    assert guess_schema(data).delimiter == mark
    assert len(read_interactions(data, now=NOW)) == 1


def test_times_written_in_several_ways_are_said_by_column(tmp_path):
    data = tmp_path / "tickets.csv"
    data.write_text("customer_id,opened_at,closed_at,kind\na,13.1.2024,2024-02-01,x\nb,14.1.2024,2024-02-02,x\n")
    assert guess_schema(data).time_format == {"opened_at": "%d.%m.%Y"}
    assert len(read_interactions(data, now=NOW)) == 4


def test_numbers_that_read_in_two_ways_are_asked_about(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text('customer_id,timestamp,kind,amount\na,2024-01-01,x,"1,234"\n')
    assert '# decimal = ","\n# decimal = "."\n# thousands = ","' in propose_schema(data)
    with pytest.raises(DataError, match="can be read in several ways"):
        guess_schema(data)


def test_one_mistyped_time_does_not_move_the_time_of_the_log(tmp_path):
    data = tmp_path / "tickets.csv"
    days = [f"{day}.01.2024 09:00;{day}.02.2024 10:00" for day in range(11, 29)]
    rows = [
        f"k{n};x;{both};{'ja' if n % 2 else 'nein'}"
        for n, both in enumerate(["00.00.0000 00:00;01.02.2024 10:00", *days])
    ]
    data.write_text("\n".join(["Kundennummer;kind;Eröffnet am;Geschlossen am;Gelöst", *rows]) + "\n", encoding="utf-8")
    text = propose_schema(data)
    assert 'timestamp = "Eröffnet am"' in text
    said = " ".join(text.replace("#", " ").split())
    assert "but for 1 row, such as '00.00.0000 00:00', which will be refused" in said
    guess = guess_schema(data)
    assert guess.timestamp == "Eröffnet am"
    assert guess.time_format == "%d.%m.%Y %H:%M"
    # what is known from a later time on stays so where a row's later time is mistyped
    data.write_text(data.read_text(encoding="utf-8").replace("28.02.2024", "28.22.2024"), encoding="utf-8")
    assert guess_schema(data).later == guess.later != ()


@pytest.mark.parametrize(
    ("odd", "asked"),
    [
        # 1 of 30 days proves months first, and nothing says otherwise
        (["1/13/2024"], False),
        # one proves each: none is a slip of the other
        (["1/13/2024", "13/1/2024"], True),
    ],
)
def test_of_days_and_months_nearly_all_prove_nothing(odd, asked, tmp_path):
    data = tmp_path / "log.csv"
    days = [f"{day}/{month}/2024" for day in range(1, 11) for month in range(1, 4)]
    data.write_text("customer_id,timestamp,kind\n" + "".join(f"a,{day},x\n" for day in [*days, *odd]))
    text = propose_schema(data)
    assert ('# time_format = "%m/%d/%Y"\n# time_format = "%d/%m/%Y"' in text) == asked
    assert ('\ntime_format = "%m/%d/%Y"' in text) != asked


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        # thousands are seen in one column only
        ("5,0", "1.002,13", 'decimal = ","\n# what stands between their thousands\nthousands = "."'),
        # 1,234 alone may be either: beside 5,25 it is a little more than one
        ("1,234", "5,25", 'decimal = ","'),
        ("5.25 EUR", "1,234.50", 'thousands = ","'),
        ("5,25", "1,234.50", "no one way of writing numbers fits all columns"),
    ],
)
def test_how_numbers_are_written_is_found_over_all_columns(first, second, says, tmp_path):
    data = tmp_path / "log.csv"
    data.write_text(f'customer_id;timestamp;kind;wait;credit\na;2024-01-01;x;"{first}";"{second}"\n')
    text = propose_schema(data)
    assert says in text.replace("\n#   ", " ")
    assert "Take one:" not in text


def test_what_was_booked_is_no_event_and_codes_are_no_amounts(tmp_path):
    data = tmp_path / "bookings.csv"
    rows = ["1,7,2024-01-02,2024-03-01,2024-03-04,10115,kept", "2,8,2024-01-05,2024-02-01,2024-02-02,20095,cancelled"]
    data.write_text(
        "\n".join(["booking_id,guest_id,booking_date,check_in_date,check_out_date,zip_code,booking_status", *rows])
        + "\n"
    )
    schema = tomllib.loads(propose_schema(data))

    assert schema["roles"]["timestamp"] == "booking_date"
    # whoever called off never came, and that somebody did was not known at first
    assert "later" not in schema
    assert "booking_status" not in schema["roles"]["categories"]
    assert "zip_code" in schema["roles"]["categories"]
    assert schema["constants"]["kind"] == "booking"


@pytest.mark.parametrize(
    ("header", "row", "roles"),
    [
        (
            "case:concept:name,concept:name,time:timestamp",
            "17,Take in charge,2024-01-02 10:00:00",
            {"case_id": "case:concept:name", "kind": "concept:name", "timestamp": "time:timestamp"},
        ),
        (
            "client_id,date_id,total",
            "7,20240102,3.5",
            {"customer_id": "client_id", "timestamp": "date_id", "value": "total"},
        ),
    ],
)
def test_names_of_process_logs_and_warehouses_are_known(tmp_path, header, row, roles):
    data = tmp_path / "log.csv"
    data.write_text(f"{header}\n{row}\n{row}\n")
    found = tomllib.loads(propose_schema(data))["roles"]
    assert {role: found.get(role) for role in roles} == roles


@pytest.mark.prove
def test_a_table_of_very_many_columns_is_guessed_as_one_of_few_is(tmp_path):
    days = [f"2024-{1 + k % 12:02}-{1 + k % 28:02} {k % 24:02}:{k % 60:02}" for k in range(1200)]
    frame = pd.DataFrame({"customer_id": [k % 90 for k in range(1200)], "timestamp": days, "kind": "visit"})
    more = {f"n{k}": [(k * row) % 997 for row in range(1200)] for k in range(200)}
    frame = pd.concat([frame, pd.DataFrame(more)], axis=1).assign(closed_at=days, wait="1h 05m")
    frame.to_csv(tmp_path / "log.csv", index=False)
    found = guess_schema(tmp_path / "log.csv")
    assert (len(found.measures), found.wait_s, found.later[0].at) == (200, "wait", "closed_at")


def test_a_proposal_asks_where_rows_lack_what_every_row_needs(tmp_path):
    data = tmp_path / "tickets.csv"
    data.write_text(
        "ticket_id,user_id,anonymous_id,timestamp,type\n1,,a,2024-01-01,x\n2,7,a,2024-01-02,\n3,7,a,2024-01-03,x\n"
    )
    text = " ".join(propose_schema(data).replace("\n#  ", "").split())
    assert "user_id says nothing in 33.3% of rows, and these are refused" in text
    assert "More rows have anonymous_id" in text
    assert "type says nothing in 33.3% of rows" in text
    found = read_interactions(data, guess_schema(data), now=NOW, on_error="quarantine").validation.findings
    assert any("among the categories" in one.hint for one in found if one.rule == "kind_missing")


def test_when_a_contract_is_renewed_next_is_no_event(tmp_path):
    data = tmp_path / "subscriptions.csv"
    head = "customer_id,created_at,Current Term End,next_billing_at,trial_end,cancelled_at,Cancel Reason\n"
    data.write_text(
        head
        + "1,2024-01-01,2024-09-01,2024-08-01,2024-02-01,2024-03-01,price\n2,2024-01-02,2024-09-02,2024-08-02,2024-02-02,,\n"
    )
    text = propose_schema(data).replace('"Cancel Reason"', '"reason"')
    assert [one["at"] for one in tomllib.loads(text)["later"]] == ["cancelled_at"]
    assert tomllib.loads(text)["later"][0]["columns"] == ["reason"]


def test_what_a_survey_of_a_ticket_says_was_not_known_when_it_was_opened(tmp_path):
    data = tmp_path / "tickets.csv"
    head = "Ticket ID,Contact ID,Created time,Closed time,Survey results,Agent interactions,Time tracked\n"
    data.write_text(
        head
        + "1,7,2024-01-01 10:00,2024-01-02 10:00,Happy,3,00:10:00\n2,8,2024-01-03 11:00,2024-01-05 12:00,Unhappy,1,00:20:00\n"
    )
    later = tomllib.loads(propose_schema(data))["later"]
    assert set(later[0]["columns"]) == {"Survey results", "Agent interactions", "Time tracked"}


def test_a_brief_length_of_time_is_proposed_only_where_it_is_read(tmp_path):
    data, schema = tmp_path / "calls.csv", tmp_path / "schema.toml"
    data.write_text(
        "customer,timestamp,kind,Talk Time,Ring Time,Handle (hh:mm:ss)\n"
        "1,2024-01-01,call,12:30,0:15,0:13:10\n2,2024-01-02,call,5:01,0:09,0:06:00\n"
    )
    text = propose_schema(data)
    assert "read as minutes and seconds" in text.replace("\n#  ", "")
    assert "- Ring Time" in text
    schema.write_text(text)
    events = read_interactions(data, schema, now=NOW).events
    assert events["duration_s"].to_pylist() == [750, 301]
    assert events["Handle (hh:mm:ss)"].to_pylist() == [790, 360]


def test_a_proposal_asks_whether_the_first_line_is_a_row(tmp_path):
    data = tmp_path / "events.tsv"
    data.write_text("K1\t2024-01-01 10:00\tview\t12\nK2\t2024-01-02 10:00\tview\t13\n")
    assert "the first line looks like a row" in propose_schema(data)


def test_whoever_has_cancelled_does_not_leave_once_more(tmp_path):
    data = tmp_path / "subscriptions.csv"
    data.write_text(
        "subscription_id,customer_id,activated_at,canceled_at,expires_at\n"
        "1,a,2024-01-01,2024-03-01,2024-04-01\n2,b,2024-01-02,,\n3,c,2024-01-05,2024-05-01,2024-06-01\n"
    )
    later = {one["at"]: one["kind"] for one in tomllib.loads(propose_schema(data))["later"]}
    assert later == {"canceled_at": "cancel", "expires_at": "expires"}


def test_what_became_of_a_purchase_was_not_known_on_its_day(tmp_path):
    data = tmp_path / "shop.csv"
    head = "customer,Purchase Date,Status,Total Refunded,Ship-to Name,kind\n"
    data.write_text(head + "a,2024-01-01,Complete,0,X Y,order\nb,2024-01-02,Canceled,5,X Z,order\n")
    schema = tomllib.loads(propose_schema(data))
    assert "Status" not in schema["roles"].get("categories", [])
    assert "Total Refunded" not in schema["roles"].get("measures", [])
    assert "Ship-to Name" not in schema["roles"].get("categories", [])


@pytest.mark.parametrize(
    ("months", "name"),
    [
        (("2023-01", "2023-02"), "month"),
        (("Jan-23", "Feb-23"), "billed"),
        (("202301", "202302"), "yearmonth"),
        (("01/2023", "02/2023"), "of"),
    ],
)
def test_a_table_by_month_is_known_when_the_month_is_over(tmp_path, months, name):
    data = tmp_path / "bills.csv"
    data.write_text("".join(f"{row}\n" for row in (f"customer,{name},calls", f"A,{months[0]},3", f"B,{months[1]},1")))
    text = propose_schema(data)
    assert f"{name} says no more than the month" in text
    query = next(line[2:] for line in text.splitlines() if line.startswith("# SELECT"))
    schema = Schema(customer_id="customer", timestamp="month_over", kind_is="bill", measures=("calls",))
    log = read_interactions(Query(query), schema, now=NOW)
    assert [f"{one:%Y-%m-%d}" for one in log.events["timestamp"].to_pylist()] == ["2023-02-01", "2023-03-01"]
    # how many calls there were is no length of one
    assert "duration_s" not in text


def test_six_figures_are_no_month_where_no_name_says_so(tmp_path):
    data = tmp_path / "orders.csv"
    data.write_text("customer,order_no\nA,202301\nB,202302\n")
    assert "says no more than the month" not in propose_schema(data)
