from __future__ import annotations

import pytest

from cxchurn.interactions import Schema
from cxchurn.words import Label, Level, currency_of, english, words_of

OWN = "interaction of their own"


@pytest.mark.parametrize(
    ("text", "role", "one", "many"),
    [
        # kinds that many logs have, and what ends with one of them
        ("visit", "kind", "visit of their own", "visits of their own"),
        ("Support_Call", "kind", "support call of their own", "support calls of their own"),
        ("e-mail", "kind", "e-mail of their own", "e-mails of their own"),
        ("email", "kind", "e-mail of their own", "e-mails of their own"),
        ("calls", "kind", "call of their own", "calls of their own"),
        # no noun that anybody knows: 3 delivereds
        ("delivered", "kind", f'{OWN} of the kind "delivered"', 'interactions of their own of the kind "delivered"'),
        ("CB-12", "kind", f'{OWN} of the kind "CB-12"', 'interactions of their own of the kind "CB-12"'),
        ("2 call", "kind", f'{OWN} of the kind "2 call"', 'interactions of their own of the kind "2 call"'),
        ("phone", "touchpoint", f"{OWN} by phone", "interactions of their own by phone"),
        # no e interaction by mail
        ("E-Mail", "touchpoint", f"{OWN} by e-mail", "interactions of their own by e-mail"),
        ("web site", "touchpoint", f"{OWN} on the website", "interactions of their own on the website"),
        (
            "false",
            "touchpoint",
            f'{OWN} at the touchpoint "false"',
            'interactions of their own at the touchpoint "false"',
        ),
        # a yes or a no is a fact: by false
        (
            "false",
            "self_install",
            f'{OWN} not marked "self install"',
            'interactions of their own not marked "self install"',
        ),
        ("Yes", "online", f'{OWN} marked "online"', 'interactions of their own marked "online"'),
        ("north", "region", f"{OWN} with region north", "interactions of their own with region north"),
        ("A/B", "region", f'{OWN} with region "A/B"', 'interactions of their own with region "A/B"'),
        ("nps", "score_type", "recommendation score", "recommendation scores"),
        ("stars-5", "score_type", '"stars-5" score', '"stars-5" scores'),
        ("unit_price", "measures", "unit price", "unit prices"),
        ("wait_s", "measures", "waiting time", "waiting times"),
    ],
)
def test_what_interactions_with_a_label_are_called(text, role, one, many):
    label = Label(text, role, {}, english())
    assert (f"{label:one}", f"{label:many}") == (one, many)


def test_a_schema_words_its_labels():
    schema = Schema(
        customer_id="c",
        timestamp="t",
        kind="k",
        words={"kind": {"cb": ("call-back", "call-backs"), "visit": "tour"}, "touchpoint": {"CB-12": "counter"}},
    )
    other = Schema(customer_id="c", timestamp="t", kind="k", words={"kind": {"cb": "never said"}})
    words = words_of((schema, other))
    assert words == {
        "kind": {"cb": ("call-back", "call-backs"), "visit": ("tour", "tours")},
        "touchpoint": {"CB-12": ("counter", "counters")},
    }
    call = Label("cb", "kind", words["kind"], english())
    assert (f"{call}", f"{call:a}", f"{call:many}") == (
        "call-back",
        "a call-back of their own",
        "call-backs of their own",
    )
    counter = Label("CB-12", "touchpoint", words["touchpoint"], english())
    assert f"{counter:one}" == f"{OWN} at the touchpoint counter"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Basic", "Basic"),
        ("New York", "New York"),
        ("month-to-month", "month-to-month"),
        ("customer's own", "customer's own"),
        ("Zürich", "Zürich"),
        ("contract_end", "contract end"),
        ("created_at", '"created_at"'),
        ("12 months", '"12 months"'),
        ("{x}", '"{x}"'),
        ("no", '"no"'),
        ("", '""'),
        ("a" * 41, f'"{"a" * 41}"'),
    ],
)
def test_what_is_no_word_is_quoted(text, name):
    assert f"{Label(text, 'customers', {}, english())}" == name


def test_levels():
    assert f"{Level('purchase', 'kind', {}, english()):a}" == "a purchase"
    assert f"{Level('CB-12', 'kind', {}, english()):a}" == '"CB-12"'
    assert f"{Level('yes', '', {}, english()):is|is not}" == "is"
    assert f"{Level('false', '', {}, english()):is|is not}" == "is not"


def test_money_is_of_one_currency():
    assert currency_of({"currency": ("EUR",)}) == "EUR"
    assert currency_of({"currency": ("EUR", "USD")}) is None
    assert currency_of({}) is None
