"""A proposal says what the money of a row is made of, where no column has it with its sign; and on which clock times are."""

from __future__ import annotations

import re

import pytest

from cxchurn.interactions import Query, guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW

STATEMENT = """account_no,date,debit_amount,credit_amount,balance,kind
A,2024-01-05,,100.00,100.00,salary
A,2024-01-06,30.50,,69.50,card
B,2024-01-07,5.25,0,12.00,card
"""


@pytest.fixture
def proposed(tmp_path, monkeypatch):
    """Write a table, and return what is proposed for it."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        (tmp_path / "log.csv").write_text(text)
        return propose_schema("log.csv")

    return write


def query_in(text: str) -> Query:
    """Return the query that a proposal says."""
    found = re.search(r'cxchurn schema --query "(.*)"', text)
    assert found is not None
    return Query(found[1].replace('\\"', '"'))


def test_what_went_out_and_what_came_in_are_one_amount(proposed):
    text = proposed(STATEMENT)
    assert "DECIDE: debit_amount and credit_amount are what went out and what came in" in text
    query = query_in(text)
    schema = guess_schema(query)
    assert (schema.value, schema.levels) == ("value", ("balance",))
    assert read_interactions(query, schema, now=NOW).events["value"].to_pylist() == [100.0, -30.5, -5.25]


def test_what_went_out_is_below_zero_in_some_banks_already(proposed):
    query = query_in(proposed(STATEMENT.replace("30.50", "-30.50").replace("5.25", "-5.25")))
    assert read_interactions(query, guess_schema(query), now=NOW).events["value"].to_pylist() == [100.0, -30.5, -5.25]


def test_amounts_with_decimal_commas_are_numbers_to_the_query(proposed):
    text = proposed("client;date;kind;debit;credit\na;05/01/2024;x;-1 234,50;\na;16/01/2024;x;;12,00 EUR\n")
    query = query_in(text)
    assert read_interactions(query, guess_schema(query), now=NOW).events["value"].to_pylist() == [-1234.5, 12.0]
    text = proposed('customer,date,type,amount\na,2024-01-05,deposit,"1,234.50"\na,2024-01-06,refund,"1,000.00"\n')
    query = query_in(text)
    assert read_interactions(query, guess_schema(query), now=NOW).events["value"].to_pylist() == [1234.5, -1000.0]


def test_two_labels_say_out_and_in(proposed):
    text = proposed(
        'Klant,Datum,Af Bij,Bedrag (EUR)\nA,2024-01-05,Bij,"12,50"\nA,2024-01-06,Af,"3,00"\nB,2024-01-07,Bij,"5,00"\n'
    )
    assert "Bedrag (EUR) is never below 0, also where Af Bij says 'Af'" in " ".join(text.replace("\n#  ", "").split())


def test_what_a_row_cost_is_its_price_and_how_many(proposed):
    text = proposed("customer,date,kind,Unit Price,qty\na,2024-01-05,buy,2.50,2\nb,2024-01-06,buy,1.25,4\n")
    query = query_in(text)
    assert read_interactions(query, guess_schema(query), now=NOW).events["value"].to_pylist() == [5.0, 5.0]


def test_what_goes_back_is_negative(proposed):
    text = proposed(
        "customer,date,type,amount\na,2024-01-05,deposit,5\na,2024-01-06,withdrawal,3\na,2024-01-07,deposit,5\n"
    )
    assert "amount is never below 0, also where type says 'withdrawal'" in " ".join(text.split())
    query = query_in(text)
    assert read_interactions(query, guess_schema(query), now=NOW).events["value"].to_pylist() == [5.0, -3.0, 5.0]
    # where the sign is there, there is nothing to say
    assert "query" not in proposed("customer,date,type,amount\na,2024-01-05,deposit,5\na,2024-01-06,withdrawal,-3\n")


@pytest.mark.parametrize(
    ("time", "bare"),
    [
        ("2024-01-05 10:30", True),
        ("05.01.2024 10:30", True),
        ("2024-01-05 10:30:00-07:00", False),
        ("2024-01-05T10:30:00Z", False),
        ("2024-01-05", False),
    ],
)
def test_a_proposal_says_where_times_carry_no_zone(proposed, time, bare):
    text = proposed(f"customer,when,kind\na,{time},visit\n")
    assert ("these times carry no zone" in text) is bare
    assert text.count('# timezone = "Europe/Berlin"') == bare
