"""What is guessed of tickets, calls and chats, as helpdesks and call centres export them."""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest

from cxchurn.interactions import Query, Schema, guess_schema, propose_schema, read_interactions

HOURS = pd.Series(pd.date_range("2024-03-01", periods=40, freq="7h"))
CALLS = pd.DataFrame(
    {
        "Call Id": [f"ID{each}" for each in range(40)],
        "Caller": [f"C{each % 9}" for each in range(40)],
        "Time of call": HOURS.astype(str),
        "Support Channel": ["Phone", "Chat"] * 20,
        "First name": [f"Jo{each % 7}" for each in range(40)],
        "Speed of answer in seconds": [each % 37 + 4 for each in range(40)],
        "AvgTalkDuration": [f"00:0{each % 7}:{each + 10}" for each in range(40)],
        "Satisfaction rating": [each % 5 + 1 for each in range(40)],
        # milliseconds since 1970, under a name that says no time
        "registration": [1540940782796.0 + 1e9 * (each % 11) for each in range(40)],
        "type": "call",
    }
)
TICKETS = pd.DataFrame(
    {
        "Ticket ID": range(40),
        "Customer Email": [f"c{each % 9}@example.com" for each in range(40)],
        "Customer Name": [f"Jo {each % 9}" for each in range(40)],
        "Date of Purchase": (HOURS - pd.Timedelta("300D")).dt.date.astype(str),
        "Ticket Type": ["Refund request", "Billing inquiry"] * 20,
        "Ticket Status": ["Open", "Closed"] * 20,
        "First Response Time": HOURS.astype(str),
        # in half of the rows before the first answer, and only where the ticket is closed
        "Time to Resolution": [str(at + pd.Timedelta(f"{k % 4 - 2}h")) if k % 2 else None for k, at in enumerate(HOURS)],
        "Customer Satisfaction Rating": [each % 5 + 1 if each % 2 else None for each in range(40)],
    }
)  # fmt: skip


def test_calls_are_known_by_the_words_of_call_centres():
    found = guess_schema(CALLS)
    assert (found.touchpoint, found.wait_s, found.duration_s, found.score) == (
        "Support Channel", "Speed of answer in seconds", "AvgTalkDuration", "Satisfaction rating",
    )  # fmt: skip
    assert found.constants == {"score_type": "csat"}
    assert found.measures == found.categories == ()


def test_what_is_left_out_of_calls_says_why():
    text = " ".join(propose_schema(CALLS).replace("#", "").split())
    assert "Names of people." in text
    assert "Numbers as large as these are times since 1970 or ids, and no amounts." in text
    assert "An id, another one in every row: as event_id it tells a row that comes twice from two equal events." in text


@pytest.mark.parametrize(
    ("column", "values", "survey"),
    [
        ("csat_score", [1, 5, 3], "csat"),
        ("NPS", [0, 10, 7], "nps"),
        ("How likely are you to recommend us?", [0, 10, 7], "nps"),
        # on no scale of that survey
        ("csat", [10, 95, 80], None),
        # by its name any survey
        ("rating", [1, 5, 3], None),
    ],
)
def test_a_score_says_which_survey_it_answers(column, values, survey):
    frame = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "timestamp": HOURS[:3].astype(str), "kind": "survey", column: values}
    )
    found = guess_schema(frame)
    assert found.score == column
    assert found.constants == (None if survey is None else {"score_type": survey})


def test_a_score_of_no_survey_is_asked_about():
    frame = pd.DataFrame(
        {"customer_id": "a", "timestamp": HOURS[:3].astype(str), "kind": "survey", "rating": [1, 5, 3]}
    )
    text = propose_schema(frame)
    assert "[constants]\n# DECIDE: no column says which survey rating answers" in text
    assert '# score_type = "csat"\n# score_type = "ces"\n# score_type = "nps"' in text


def test_satisfaction_in_percent_is_a_measure():
    frame = pd.DataFrame(
        {"customer_id": "a", "timestamp": HOURS[:3].astype(str), "kind": "call", "satisfaction": [10, 95, 80]}
    )
    found = guess_schema(frame)
    assert (found.score, found.measures) == (None, ("satisfaction",))


def test_a_ticket_did_not_happen_when_the_product_was_bought():
    text = propose_schema(TICKETS)
    found = tomllib.loads(text)
    assert found["roles"]["timestamp"] == "First Response Time"
    assert found["constants"] == {"kind": "ticket"}
    # each row is a ticket: what moves on with it was not known at its beginning
    assert found["roles"]["categories"] == ["Ticket Type"]
    assert "score" not in found["roles"]
    assert "perhaps Ticket Type" in " ".join(text.replace("#", "").split())
    assert "A time that is not after First Response Time." in " ".join(text.replace("#", "").split())


def test_what_the_company_sent_is_told_from_what_customers_did(tmp_path):
    path = tmp_path / "mails.csv"
    kinds = ["email_sent", "email_open", "email_sent", "email_sent"]
    pd.DataFrame({"customer_id": "a", "timestamp": HOURS[:4].astype(str), "kind": kinds}).to_csv(path, index=False)
    text = propose_schema(path)
    assert "# DECIDE: 'email_sent' in kind looks like what the company does" in text
    sql = (
        next(line for line in text.splitlines() if "SELECT" in line)
        .removeprefix("# ")
        .replace("'mails.csv'", f"'{path}'")
    )
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", direction="direction")
    log = read_interactions(Query(sql), schema)
    assert log.events["direction"].to_pylist() == ["outbound", "inbound", "outbound", "outbound"]
    # where all is of one side, or a column says which, nothing is asked
    assert "looks like what the company" not in propose_schema(pd.read_csv(path)[:1])
    assert "looks like what the company" not in propose_schema(pd.read_csv(path).assign(direction="inbound"))


@pytest.mark.parametrize(("column", "first"), [("inbound", "inbound"), ("is_outgoing", "outbound")])
def test_a_flag_that_says_who_reached_out_becomes_the_direction(tmp_path, column, first):
    path = tmp_path / "chats.csv"
    frame = pd.DataFrame({"author_id": "a", "created_at": HOURS[:3].astype(str), column: [True, False, True]})
    frame.to_csv(path, index=False)
    text = propose_schema(path)
    assert f"# DECIDE: {column} says who reached out." in text
    sql = (
        next(line for line in text.splitlines() if "SELECT" in line)
        .removeprefix("# ")
        .replace("'chats.csv'", f"'{path}'")
    )
    schema = Schema(customer_id="author_id", timestamp="created_at", kind_is="chat", direction="direction")
    found = read_interactions(Query(sql), schema).events["direction"].to_pylist()
    assert found[0] == found[2] == first != found[1]
