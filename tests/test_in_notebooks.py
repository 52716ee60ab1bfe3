"""Results show themselves in notebooks as well-formed pages, in which no id or label of the user's is markup."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx

EVIL = "<script>alert('C & D')</script>"


class Read(HTMLParser):
    """Collects tags and text, and notes what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def strange() -> cx.InteractionLog:
    """Two hundred customers, one of them and a kind and a column with markup for a name, and a row that cannot be read."""
    times = pd.date_range("2024-01-01", periods=4000, freq="43min")
    who = np.array([EVIL, *(f"C-{place}" for place in range(199))], dtype=object)
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"customer_id": random.choice(who, 4000), "timestamp": times})
    rows["kind"] = np.where(np.arange(4000) % 7 == 0, EVIL, "visit")
    rows[f"sum {EVIL}"] = 1.0
    rows.loc[5, "customer_id"] = None
    schema = cx.Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", measures=(f"sum {EVIL}",))
    return cx.read_interactions(rows, schema, on_error="quarantine")


@pytest.fixture(scope="module")
def panel(strange: cx.InteractionLog) -> cx.Panel:
    churn = cx.Inactivity("14D", active_within="30D")
    return cx.make_panel(strange, churn, cutoffs=["2024-03-01", "2024-04-01", "2024-04-28"])


def shown(result: Any) -> Read:
    read = Read(result._repr_html_())
    assert read.tags <= {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    return read


def test_a_log(strange: cx.InteractionLog) -> None:
    read = shown(strange)
    assert f"sum {EVIL}" in read.text
    assert f"{len(strange):,} interactions of 200 customers" in read.text
    assert (
        repr(strange).splitlines()[0]
        == f"InteractionLog: {len(strange):,} interactions of 200 customers, 2024-01-01 .. 2024-04-30"
    )


def test_a_validation(strange: cx.InteractionLog) -> None:
    read = shown(strange.validation)
    assert "4,000 rows read, 3,999 kept, 1 refused." in read.text
    assert "missing" in read.text


def test_a_panel(panel: cx.Panel) -> None:
    read = shown(panel)
    assert "2024-03-01" in read.text
    assert all(note in read.text for note in panel.notes)
    refused = panel.summary.set_index("group")["refused"]
    assert f"{refused['2024-04-28']:,}" in read.text
    renamed = cx.Panel(panel.frame, panel.log, panel.definition, panel.summary.assign(group=EVIL))
    assert EVIL in shown(renamed).text


def test_a_verdict(panel: cx.Panel) -> None:
    verdict = cx.sufficiency(panel)
    read = shown(verdict)
    assert verdict.enough in read.text
    assert all(sentence in read.text for sentence in verdict.sentences)


def test_an_evaluation_and_a_backtest() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"customer_id": np.arange(400), "group": "2024-01-01", "churned": random.integers(0, 2, 400)})
    frame[EVIL], frame["other"] = random.random(400), 0.5
    evaluation = cx.evaluate_predictions(frame, [EVIL, "other"], replicates=20)
    assert EVIL in shown(evaluation).text
    assert all(sentence in shown(evaluation).text for sentence in evaluation.sentences())
    tested = cx.Backtest(
        by_origin=evaluation.metrics[evaluation.metrics["cutoff"] == "pooled"].assign(origin=EVIL),
        pooled=evaluation.metrics[evaluation.metrics["cutoff"] != "2024-01-01"],
        differences=evaluation.differences,
        lift=evaluation.lift,
        reliability=evaluation.reliability,
        predictions=evaluation.predictions.assign(origin=EVIL),
        notes=(EVIL,),
    )
    read = shown(tested)
    assert read.text.count(EVIL) >= 4  # an origin, a model twice, a note
    assert "all origins" in str(tested)


def test_an_explanation(model: cx.ChurnModel, test: cx.Panel) -> None:
    explanation = cx.explain(model, test)
    read = shown(explanation)
    assert f"{len(test):,} rows" in read.text
    strongest = explanation.drivers().iloc[0]
    assert f"{strongest['share']:.0%}" in read.text
    assert "what it was like" in read.text


def test_a_customer_an_account_and_a_ledger(model: cx.ChurnModel, log: cx.InteractionLog) -> None:
    who = str(log.events["customer_id"][-1])
    explained = cx.explain_customer(model, log, who)
    read = shown(explained)
    assert who in read.text
    assert all(said.removesuffix(".") in read.text for said in explained.reasons["sentence"])
    account = cx.account(model, log, who)
    assert all(str(moment)[:16] in shown(account).text for moment in account.table["known_at"].tail(30))
    assert "In all" in shown(account).text
    ledger = cx.touchpoints(model, log, since="2024-10-01", sample=30)
    evil = dataclasses.replace(ledger, interactions=ledger.interactions.assign(kind=EVIL))
    assert EVIL in shown(evil).text
    assert f"{ledger.customers:,} customers" in shown(ledger).text


def test_a_run() -> None:
    run = cx.Run("abc", "1", "sqlite:///mlflow.db", "files", "models:/m-1", name=EVIL, logged={"metrics": 1200})
    read = shown(run)
    assert EVIL in read.text
    assert "1,200 metrics" in read.text
    assert run.look in read.text
    assert run.look in repr(run)
