"""Everything that people read stands in the language file: in a language of brackets no word is left outside of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxchurn as cx
from cxchurn.words import Language, speaking, spoken

from .pseudo import bracketed, page_text, words_outside

AT = pd.Timestamp("2024-11-05")


@pytest.fixture(scope="module")
def file(model: cx.ChurnModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `cxchurn words` writes, every word of it in brackets."""
    path = tmp_path_factory.mktemp("language") / "xx.toml"
    sections = tomllib.loads(cx.language_file(model))
    path.write_text(Language("xx", bracketed(sections)).to_toml(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def speaker(model: cx.ChurnModel, file: Path) -> cx.ChurnModel:
    return cx.in_language(model, file)


@pytest.fixture(scope="module")
def data(log: cx.InteractionLog, model: cx.ChurnModel) -> set[str]:
    """The words that are data: labels and columns of the log, and what things are called in code."""
    found: set[str] = {"nan", "utc", *log.types.names, *log.customers.attributes}
    events = log.events
    for name in events.column_names:
        if pa.types.is_dictionary(events[name].type) and name not in ("customer_id", "case_id", "agent_id"):
            found |= set(map(str, events[name].unique().to_pylist()))
    table = log.customers.frame if hasattr(log.customers, "frame") else pd.DataFrame()
    for name in table.columns:
        found |= set(map(str, table[name].unique()[:50])) if table[name].dtype == object else set()
    families = model.features_.families_
    found |= {
        *families["driver"],
        *families["builder"],
        *(level for one in model.features_.says_ for level in one.levels or ()),
    }
    found |= {word for one in families["lacks"] for word in one.replace(" or ", ",").split(",")}
    found |= {"cxchurn", "python", "lightgbm", "scikit", "learn", "shap", "pandas", "numpy", model.version_}
    return {word.lower() for one in found for word in re.findall(r"[^\W\d_]{2,}", str(one))}


@pytest.fixture(scope="module")
def scores(speaker: cx.ChurnModel, log: cx.InteractionLog) -> pd.DataFrame:
    return cx.score(speaker, log, at=AT, reasons=3)


@pytest.fixture(scope="module")
def explanation(speaker: cx.ChurnModel, log: cx.InteractionLog, scores: pd.DataFrame) -> cx.Explanation:
    rows = scores.dropna(subset="churn_probability")[["customer_id", "as_of"]].rename(columns={"as_of": "cutoff"})
    return cx.explain(speaker, rows.reset_index(drop=True), log=log)


def ids(text: str, log: cx.InteractionLog) -> str:
    """Return a text without customers' ids, numbers of matters, versions and edits as they are typed."""
    return re.sub(r"\bC-\d+|\b[0-9a-f]{12}\b|\b[KTA]-?\d+", " ", text)


def test_sentences(scores: pd.DataFrame, explanation: cx.Explanation, data: set[str]) -> None:
    told = explanation.details(top=20)
    texts = [*scores.filter(like="reason_").to_numpy().ravel(), *told["sentence"]]
    texts += [*told["value_said"], *told["usual_own_said"], *told["usual_all_said"]]
    assert len(set(texts)) > 100
    assert words_outside(" ".join(map(str, texts)), data) == set()


def test_answers_about_one_customer(
    speaker: cx.ChurnModel, log: cx.InteractionLog, scores: pd.DataFrame, data: set[str]
) -> None:
    scorer = cx.OnlineScorer(speaker)
    scorer.warm(log)
    not_asked = scores[scores["not_asked"] != ""].drop_duplicates("not_asked")
    some = [*not_asked["customer_id"], *scores["customer_id"].head(5), "nobody"]
    told = scorer.score_many(some, AT, reasons=3)
    assert {one.why for one in told} == {"", "ended", "silent too long", "new", "never seen"}
    told += scorer.score_many(some, log.start, reasons=0)
    assert not words_outside(" ".join(text for one in told for text in (*one.reasons, one.not_asked)), data)
    assert all(one.not_asked.startswith("⟦") for one in told if one.why)


def test_every_column_whatever_its_value(speaker: cx.ChurnModel, data: set[str]) -> None:
    for says in speaker.features_.says_:
        texts = [says.sentence(value) for value in (0.0, 1.0, 2.0, -1.5, 0.3, 37.0, 1e12, np.nan)]
        texts += [says.meaning, says.amount(0.004) or "", says.told(2.0, usual="7"), says.label_of(99.0)]
        assert words_outside(" ".join(texts), data) == set(), says.name


def test_the_page(
    speaker: cx.ChurnModel,
    log: cx.InteractionLog,
    train: cx.Panel,
    test: cx.Panel,
    scores: pd.DataFrame,
    explanation: cx.Explanation,
    data: set[str],
    tmp_path: Path,
) -> None:
    money = scores.assign(value=100.0, expected_loss=100 * scores["churn_probability"].fillna(0.0))
    ledger = cx.touchpoints(speaker, log, since="2024-09-01", until=AT, sample=30)
    evaluation = cx.evaluate(speaker, test, replicates=20)
    given = {"evaluation": evaluation, "explanation": explanation, "panel": train}
    cx.write_report(tmp_path / "a.html", model=speaker, scores=money, touchpoints=ledger, **given)
    cx.write_report(tmp_path / "b.html", model=speaker)
    cx.write_model_card(tmp_path / "c.html", model=speaker, evaluation=evaluation, explanation=explanation)
    for name in "ab":
        text = page_text((tmp_path / f"{name}.html").read_text(encoding="utf-8"))
        assert words_outside(ids(text, log), data) == set()
    card = page_text((tmp_path / "c.html").read_text(encoding="utf-8"))
    # its limits are what was noted while the model learned, and stay as they were noted
    assert words_outside(ids(card[: card.rindex("⟦Limits⟧")], log), data) == set()


def test_results_in_print_and_in_notebooks(
    speaker: cx.ChurnModel, log: cx.InteractionLog, explanation: cx.Explanation, data: set[str]
) -> None:
    who = str(explanation.rows["customer_id"].iloc[0])
    silent = next(
        one for one in log.events["customer_id"].unique().to_pylist() if one not in set(explanation.rows["customer_id"])
    )
    found = [
        cx.explain_customer(speaker, log, who, at=AT),
        cx.explain_customer(speaker, log, silent, at=AT),
        cx.account(speaker, log, who, at=AT),
        cx.account(speaker, log, silent, at=AT),
        cx.touchpoints(speaker, log, since="2024-09-01", until=AT, sample=60),
        cx.segments(
            explanation, value="tenure_months" if "tenure_months" in log.customers.attributes else None, fewest=5
        ),
    ]
    for one in found:
        for text in (str(one), page_text(one._repr_html_())):
            title = type(one).__name__
            assert words_outside(ids(text.replace(title, " "), log), data) == set(), text
    what_if = cx.what_if(speaker, log, who, cx.without(1), at=AT)
    for text in (str(what_if), page_text(what_if._repr_html_())):
        typed = text.replace(repr(what_if.edits[0]), " ").replace("WhatIf", " ")
        assert words_outside(ids(typed, log), data) == set(), text


def test_what_no_model_made(
    log: cx.InteractionLog, churn: cx.Inactivity, file: Path, data: set[str], test: cx.Panel, model: cx.ChurnModel
) -> None:
    pulse = cx.in_language(cx.pulse(log, assume={"nps": -20}), file)
    claims = cx.in_language(cx.claims(log, churn, costs={"win": 100, "keep": 20}), file)
    for one in (pulse, claims):
        assert one.language is not None
        for text in (str(one), page_text(one._repr_html_())):
            code = text.replace(type(one).__name__, " ").replace(".moves()", " ").replace(".table", " ")
            assert words_outside(code, data) == set(), text
    with speaking(pulse.language):
        evaluation = str(cx.evaluate(model, test, replicates=20))
    names = {"roc", "auc", "average", "precision", "log", "loss", "brier", "calibration", "error", "lift", "model"}
    names |= {"recency", "rule", "rfm", "logistic"}  # names of columns of the tables that are printed
    assert words_outside(evaluation, data | names) == set()


@pytest.mark.prove
def test_pictures(
    speaker: cx.ChurnModel, log: cx.InteractionLog, explanation: cx.Explanation, file: Path, data: set[str]
) -> None:
    who = str(explanation.rows["customer_id"].iloc[0])
    claims = cx.claims(log, speaker.churn_)
    axes = [
        cx.plot_drivers(explanation),
        cx.plot_beeswarm(explanation),
        cx.plot_account(cx.account(speaker, log, who, at=AT)),
        cx.plot_touchpoints(cx.touchpoints(speaker, log, since="2024-09-01", until=AT, sample=60)),
        cx.plot_pulse(cx.in_language(cx.pulse(log), file), "wait_s"),
        cx.plot_claims(cx.in_language(claims, file)),
        cx.plot_segments(cx.segments(explanation, fewest=5)),
    ]
    months = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
    for ax in axes:
        texts = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), *(one.get_text() for one in ax.texts)]
        texts += [one.get_text() for one in (*ax.get_xticklabels(), *ax.get_yticklabels())]
        legend = ax.get_legend()
        texts += [] if legend is None else [one.get_text() for one in legend.get_texts()]
        assert words_outside(ids(" ".join(texts), log), data | months) == set(), texts


def test_what_speaks_the_language_of_its_maker_is_refused(
    model: cx.ChurnModel, log: cx.InteractionLog, explanation: cx.Explanation
) -> None:
    who = str(explanation.rows["customer_id"].iloc[0])
    for one in (cx.account(model, log, who, at=AT), cx.segments(explanation), log, "text"):
        with pytest.raises(cx.UsageError, match="speaks the language of what made it"):
            cx.in_language(one, "en")
    assert cx.in_language(explanation, "en").language.name == "en"


def test_nothing_of_it_stays() -> None:
    assert spoken().name == "en"
