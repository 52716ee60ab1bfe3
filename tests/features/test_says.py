from __future__ import annotations

import json
import math

import pytest

from cxchurn._core import span
from cxchurn.features import Column, Number, Says

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (0, "#visit", "no visit"),
        (1, "#visit", "1 visit"),
        (3, "#visit", "3 visits"),
        (1234, "#visit", "1,234 visits"),
        (1.5, "#visit", "1.5 visits"),
        (2, "#reply", "2 replies"),
        (2, "#day", "2 days"),
        (2, "#search", "2 searches"),
        (2, "#access", "2 accesses"),
        (2, "#y", "2 ies"),
        (2, "#", "2 s"),
        (1.0, "days", "1 day"),
        (1.4, "days", "1 day"),
        (12.6, "days", "13 days"),
        (0.5, "days", "12 hours"),
        (1 / 24, "days", "1 hour"),
        (5 / 1440, "days", "5 minutes"),
        (2 / 86400, "days", "2 seconds"),
        (0, "days", "no time"),
        (1e-9, "days", "less than a second"),
        (-3, "days", "-3 days"),
        (0.5, "hours", "30 minutes"),
        (90_000, "seconds", "1 day"),
        (240, "seconds", "4 minutes"),
        (1, "seconds", "1 second"),
        (0, "seconds", "no time"),
        (0.0, "factor", "100%"),
        (math.log(2.5), "factor", "2.5 times"),
        (-1.0, "mood", "very bad"),
        (-0.5, "mood", "bad"),
        (0.0, "mood", "neither good nor bad"),
        (0.5, "mood", "good"),
        (1.0, "mood", "very good"),
        (3.0, "days longer|shorter", "3 days longer"),
        (-90.0, "seconds longer|shorter", "2 minutes shorter"),
        (-0.126, ".0% to|away from", "13% away from"),
        (0.0, ".1f more|less", "0.0 more"),
        (2, "#either|or", "2 either|ors"),
        (0.256, ".0%", "26%"),
        (1234.5, ",.2f", "1,234.50"),
        (0.12345, "", "0.12"),
    ],
)
def test_numbers_in_words(value, spec, text):
    assert format(Number(value), spec) == text


CONTACTS = Says(
    "effort_contacts_30d",
    "effort",
    "had to get in touch {value:#time} in the last {window}",
    zero="had no contact in the last {window}",
    missing="is not known in the last {window}",
    window="30 days",
)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0.0, "had no contact in the last 30 days"),
        (-0.0, "had no contact in the last 30 days"),
        (1.0, "had to get in touch once in the last 30 days"),
        (4.0, "had to get in touch 4 times in the last 30 days"),
        (NAN, "is not known in the last 30 days"),
    ],
)
def test_one_many_none_and_missing(value, sentence):
    assert CONTACTS.sentence(value) == sentence


def test_without_own_words_for_zero_and_missing():
    says = Says("calls_count_life", "calls", "had {value:#call}")
    assert says.sentence(0.0) == "had no call"
    assert says.sentence(NAN) == 'has nothing on record for "had n calls"'


def test_labels_are_said_by_name():
    says = Says(
        "attributes_plan", "attributes", "has plan {value}", missing="has no plan on file", levels=("basic", "{x}")
    )
    assert [says.sentence(value) for value in (0.0, 1.0, 7.0, NAN)] == [
        "has plan basic",
        'has plan "{x}"',
        "has plan something new",
        "has no plan on file",
    ]
    assert says.amount(1.0) is None


@pytest.mark.parametrize(
    ("one", "value", "amount"),
    [
        ("waited {value:seconds}", 240.0, "4 minutes"),
        ("had {value:#visit}", 2.0, "2 visits"),
        ("had {value:#visit}", 0.0, "none"),
        ("felt {value:+.1f}", 0.0, "0.0"),
        ("had {value}", 2.5, "2.5"),
        ("had {value:#visit}", NAN, None),
        ("is gone", 1.0, None),
    ],
)
def test_the_amount_alone(one, value, amount):
    assert Says("n", "d", one).amount(value) == amount


def test_what_is_usual_stands_beside_where_it_can():
    spent = Says("n", "d", "spent {value:money}", zero="spent nothing", below="took back {value:money}")
    assert spent.told(12.5, usual=spent.amount(30.0)) == "Spent 12.50 (usual: 30)"
    assert spent.told(0.0, usual=spent.amount(30.0)) == "Spent nothing (usual: 30)"
    assert spent.told(30.004, usual=spent.amount(30.0)) == "Spent 30"
    # a size alone does not tell what was spent from what was taken back
    assert spent.amount(-12.5) is None
    assert spent.told(-12.5, usual=spent.amount(30.0)) == "Took back 12.50"
    change = Says("n", "d", "paid {value:money} more", below="paid {value:money} less", neutral=0.0)
    assert change.amount(3.0) is None
    rank = Says("n", "d", "was busier than {value:portion} customers", zero="was among the least busy")
    assert rank.told(0.25, usual=rank.amount(0.5)) == "Was busier than only 25% of customers (usual: 50%)"
    assert rank.told(0.0, usual=rank.amount(0.5)) == "Was among the least busy"
    bought = Says("n", "d", "had {value:#label} lately", label="purchase", role="kind")
    assert bought.told(0.0, usual=bought.amount(1.0)) == "Had no purchase of their own lately (usual: 1)"
    assert bought.told(1.0, usual=bought.amount(2.34)) == "Had 1 purchase of their own lately (usual: 2.3)"
    assert bought.told(1.0, usual=bought.amount(0.0)) == "Had 1 purchase of their own lately (usual: none)"
    late = Says("n", "d", "came {value:days} late", zero="came in time")
    assert late.told(3.0, usual=late.amount(0.0)) == "Came 3 days late (usual: 0 days)"
    passed_on = Says("n", "d", "was passed on {value:#time}")
    assert passed_on.told(2.0, usual=passed_on.amount(0.0)) == "Was passed on twice (usual: never)"
    # "2.5 times (usual: 100%)" would have to be worked out
    more = Says("n", "d", "spent {value:fold} as much as usual for them", expects=-1, neutral=1.0)
    assert more.told(0.3, usual=more.amount(1.0)) == "Spent 30% as much as usual for them (usual: 100%)"
    assert more.told(2.5, usual=more.amount(1.0)) == "Spent 2.5 times as much as usual for them"


@pytest.mark.parametrize(
    "column",
    [
        Column("a_b_30d", None, "had {value:#visit} in the last {window}", window=span("30D"), expects=-1),
        Column("a_c", None, "has {value}", levels=("x", "y"), unit="label", missing="has none"),
        Column("a_d", None, "has {value}", zero="", unit="days"),
    ],
)
def test_round_trip_through_json(column):
    says = Says.of(column, "a")
    assert Says.from_dict(json.loads(json.dumps(says.to_dict()))) == says


@pytest.mark.parametrize(
    ("text", "bounded"),
    [
        ("has had {value:#visit} in all", "has had {value:#visit} in the last {lookback}"),
        ("has never had a call", "has not had a call in the last {lookback}"),
        ("has had no interaction yet", "has had no interaction in the last {lookback}"),
        ("had the last call {value:days} ago", "had the last call {value:days} ago"),
        ("cannot be compared with other customers yet", "cannot be compared with other customers yet"),
    ],
)
def test_nothing_is_said_of_the_time_before_the_lookback(text, bounded):
    column = Column("n_count_life", None, says=text, missing=text, zero=text)
    said = Says.of(column, "n", lookback="365 days")
    assert (said.one, said.missing, said.zero) == (bounded,) * 3
    # what fades by a half-life, or is missing for lack of a past, is not of one window alone
    fading = Column("n_count_30d", None, says=text, window=span("30D"))
    assert Says.of(fading, "n", lookback="365 days").one == bounded
    windowed = Column("n_count_30d", None, says=f"{text} in the last {{window}}", window=span("30D"))
    assert Says.of(windowed, "n", lookback="365 days").one == windowed.says
    assert "lookback" not in Says.of(windowed, "n", lookback="365 days").slots
    assert Says.of(column, "n").one == text


def test_what_is_usual_joins_parentheses_that_a_sentence_ends_with():
    fading = Says.of(Column("a", None, "had {value:#visit} (each counts half after {window})", window=span("60D")), "a")
    assert (
        fading.told(2.0, usual=fading.amount(6.0)) == "Had 2 visits (each counts half after 60 days; usual: 6 visits)"
    )
    assert fading.told(6.0, usual=fading.amount(6.0)) == "Had 6 visits (each counts half after 60 days)"


def test_how_far_something_differs_is_usual_with_its_side():
    worst = Says.of(
        Column("a", None, "felt {value:shade worse|better} there", zero="felt the same there", unit="valence"), "a"
    )
    assert worst.told(0.9, usual=worst.amount(0.3)) == "Felt far worse there (usual: clearly worse)"
    # nothing to write of no difference: "slightly" would be wrong
    assert worst.amount(0.0) is None
    assert worst.told(0.9, usual=worst.amount(0.0)) == "Felt far worse there"


def test_what_is_usual_beside_times_is_in_times():
    column = Column("a", None, "has stayed away {value:fold} as long as a long break", unit="ratio", expects=1)
    says = Says.of(column, "a")
    assert (
        says.told(2.4, usual=says.amount(0.66))
        == "Has stayed away 2.4 times as long as a long break (usual: 0.7 times)"
    )
    # nor is it in times beside a share
    assert says.told(0.16, usual=says.amount(0.66)) == "Has stayed away 16% as long as a long break"
    spent = Says.of(Column("a", None, "spent {value:fold} as much as usual", unit="ratio", expects=-1), "a")
    assert spent.told(0.3, usual=spent.amount(0.9)) == "Spent 30% as much as usual (usual: 90%)"
