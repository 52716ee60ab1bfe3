"""The card of a model: what it is for, how good, where it ends, and what it must not be used for."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import by_segment, evaluate
from cxchurn.explanation import explain
from cxchurn.report import model_card, write_model_card

TITLES = [
    "What it is for",
    "Not for",
    "What it learned from",
    "How good",
    "By cut-off",
    "By segment",
    "Drivers",
    "Limits",
]


@pytest.fixture(scope="module")
def evaluation(model, test):
    return evaluate(model, test, replicates=20)


@pytest.fixture(scope="module")
def explanation(model, test):
    return explain(model, test)


@pytest.fixture(scope="module")
def card(model, evaluation, explanation) -> str:
    return model_card(model, evaluation, explanation)


def test_its_parts_are_there_in_order(card, model):
    assert card.startswith(f"# Churn model {model.version_}\n")
    assert re.findall(r"^## (.+)$", card, re.MULTILINE) == TITLES
    assert model.churn_.says in card
    assert model.learned_from_.until[:10] in card
    assert all(" ".join(note.split()) in card for note in model.notes_)


def test_quality_has_intervals_by_cutoff_and_by_segment(card, evaluation, test):
    summary = evaluation.summary().set_index("model")
    assert f"| ROC AUC | {summary.loc['model', 'roc_auc']} |" in card
    for cutoff, rows in test.frame.groupby("group"):
        assert f"| {cutoff} | {len(rows):,} |" in card
    segments = card.partition("## By segment")[2].partition("##")[0]
    assert {"plan", "region"} <= set(re.findall(r"^\| (\w+) \|", segments, re.MULTILINE))


def test_of_another_model_than_the_one_that_is_kept(model, evaluation, classifier, churn, train):
    from cxchurn.features import Recency
    from cxchurn.model import ChurnModel

    other = ChurnModel(churn, features=[Recency(by=())], classifier=classifier, folds=2).fit(train)
    assert f"Judged was model {model.version_}" in model_card(other, evaluation, evaluated=model)
    assert "Judged was" not in model_card(model, evaluation)


def test_without_evaluation(model):
    assert re.findall(r"^## (.+)$", model_card(model), re.MULTILINE) == [*TITLES[:3], "Limits"]


class Balanced(HTMLParser):
    """Counts tags that were opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open += [] if tag in ("meta",) else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_as_a_page(model, evaluation, explanation, tmp_path):
    page = write_model_card(
        tmp_path / "card.html", model=model, evaluation=evaluation, explanation=explanation
    ).read_text()
    reader = Balanced()
    reader.feed(page)
    assert reader.open == []
    assert all(f"<h2>{title}</h2>" in page for title in TITLES)
    with pytest.raises(UsageError, match=r"\.md or \.html"):
        write_model_card(tmp_path / "card.pdf", model=model)


def test_no_customer_is_on_it(card, log):
    assert not [who for who in log.events["customer_id"].unique().to_pylist() if who in card]


def test_segments_are_counted_apart():
    # a: 1 of 4 churned, promised 0.4 on average; b: 1 of 2, promised 0.5; nothing is said of those without a label
    y, p = [1, 0, 0, 0, 1, 0, 1], [0.7, 0.3, 0.3, 0.3, 0.6, 0.4, 0.9]
    table = by_segment(y, p, {"plan": ["a", "a", "a", "a", "b", "b", None]})
    assert table[["segment", "value", "rows", "churned"]].to_numpy().tolist() == [
        ["plan", "a", 4, 1],
        ["plan", "b", 2, 1],
    ]
    np.testing.assert_allclose(table["mean_probability"], [0.4, 0.5])
    np.testing.assert_allclose(table["observed_rate"], [0.25, 0.5])
    assert (table["low"] < table["observed_rate"]).all()
    assert (table["observed_rate"] < table["high"]).all()
    assert table["roc_auc"].isna().all(), "too few to rank"
