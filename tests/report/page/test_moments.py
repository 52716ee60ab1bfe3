"""The worst moment beside a reason: the one without which the account would be highest."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import cxchurn as cx
from cxchurn.report.page._moments import with_moments
from cxchurn.report.page._people import person


@pytest.fixture(scope="module")
def explanation(model, test) -> cx.Explanation:
    return cx.explain(model, test)


def test_bad_moments_that_outweigh_have_the_worst_beside_them(explanation):
    details = explanation.details()
    told = details[details["column"].str.startswith("balance_level_") & (details["side"] == "raises")]
    row = told.iloc[0]
    people = [_shown(explanation, row["customer_id"], row["sentence"], "another reason")]
    reasons = with_moments(people, explanation)[0]["reasons"]
    assert reasons[1]["text"] == "another reason"
    assert re.fullmatch(re.escape(row["sentence"]) + r"; worst: [\w, ]+, \d+ \w+ 20\d\d", reasons[0]["text"])
    found = cx.evidence(explanation, row["customer_id"], cutoff=row["cutoff"], most=None)
    found = found[found["sentence"] == row["sentence"]]
    worst = found.loc[found["without"].idxmax()]
    assert worst["kind"] in reasons[0]["text"].split("; worst: ")[1]
    assert f"{worst['timestamp']:%B %Y}" in reasons[0]["text"]


def test_without_a_log_or_the_customer_reasons_stay_as_they_are(explanation):
    row = explanation.details().iloc[0]
    people = [_shown(explanation, row["customer_id"], row["sentence"])]
    assert with_moments(people, None) == people
    assert with_moments(people, replace(explanation, over=None)) == people
    strangers = [{**people[0], "id": "nobody"}]
    assert with_moments(strangers, explanation) == strangers


def _shown(explanation, customer, *sentences):
    reasons = {f"reason_{place}": text for place, text in enumerate(sentences, 1)}
    return person({"customer_id": customer, "churn_probability": 0.5, "band": "high", **reasons})
