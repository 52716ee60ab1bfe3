"""The report: self-contained, escaped, complete, the same bytes each time, and never half a file."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from cxchurn._core import UsageError
from cxchurn.evaluation import Learned, evaluate_predictions, said_and_came
from cxchurn.explanation import Ledger, importance
from cxchurn.report import write_report
from cxchurn.report.page import _figures
from cxchurn.report.page._levers import levers
from cxchurn.report.page._manager import verdict
from cxchurn.report.page._sheet import about, adding_up
from cxchurn.words import Phrase

MANAGERS = ("ahead", "first", "levers", "trust")
STATISTICS = ("data", "quality", "calibration", "lift", "drivers", "families", "versions")
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_VOID = {"meta", "br", "link", "img", "hr"}


class _Page(HTMLParser):
    """Collects tags, attributes and text, and notes tags that close what was not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


@pytest.fixture(scope="module")
def page(parts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    return write_report(path, **parts).read_text(encoding="utf-8")


@pytest.fixture
def drawn() -> None:
    """The pictures of this test are drawn."""


@pytest.fixture(autouse=True)
def outlined(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test looks at words alone, the pictures of its pages are empty: to draw them takes most of the time."""
    if "drawn" not in request.fixturenames:
        monkeypatch.setattr(_figures, "inline_svg", lambda ax, *, name, says: Markup("<svg></svg>"))


def _section(page: str, name: str) -> str:
    """The words of a section, without tags."""
    inner = page.split(f'<section id="{name}">')[1].split("</section>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", inner)))


def test_it_asks_nothing_of_a_network(page: str) -> None:
    read = _Page(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    sources = [value for name, value in read.attributes if name in ("src", "href", "xlink:href", "data", "action")]
    assert all(value.startswith("#") for value in sources)
    assert not re.search(r"url\((?!#)|@import", page)
    named = {value for name, value in read.attributes if "://" in value}
    assert named <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names of formats, never fetched


def test_it_is_well_formed_and_has_every_section_and_figure(page: str) -> None:
    read = _Page(page)
    assert read.unbalanced == []
    assert read.open == []
    assert tuple(re.findall(r'<section id="(\w+)">', page)) == (*MANAGERS, *STATISTICS)
    assert read.tags.count("svg") == 7
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    referred = {value[1:] for name, value in read.attributes if name in ("href", "xlink:href")}
    referred |= set(re.findall(r"url\(#(\w+)\)", page))
    assert referred <= set(ids)


def test_text_is_escaped(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<title>Churn of &lt;Acme &amp; Co&gt;</title>" in page
    assert "<pain>" not in page


def test_figures_take_the_colour_of_the_page(page: str) -> None:
    assert "#333333" not in page
    assert page.count("currentColor") > 20


def test_it_says_what_was_predicted_from_what_and_how_well(page: str, parts: dict[str, Any]) -> None:
    meaning = "customers active in the last 90 days who then show no activity of their own for 60 days"
    assert f"Those who leave: {meaning}." in _section(page, "ahead")
    assert meaning in _section(page, "data")
    assert "Inactivity(horizon='60D', active_within='90D')" in _section(page, "data")
    assert "2024-09-01 1,100 0 330 30.0%" in _section(page, "data")
    assert "2024-11-01 1,300 1,300 0 –" in _section(page, "data")
    quality = _section(page, "quality")
    assert "600 rows, 400 customers, 2 cut-offs" in quality
    assert re.search(r"ROC AUC higher is better 0\.\d{3} \[0\.\d+, 0\.\d+\] 0\.\d{3}", quality)
    assert re.search(r"ROC AUC better \+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\]", quality)
    assert "mean over cut-offs" in quality
    assert re.search(r"holds \d+% \[\d+%, \d+%\] of those who churned", _section(page, "lift"))
    strongest = importance(parts["explanation"]).iloc[0]
    weight = f"{strongest['words']} {strongest['driver']} {strongest['share']:.1%} {strongest['points']:.2f}"
    assert weight in _section(page, "drivers")
    assert re.search(r"feedback Feedback off the log lacks score", _section(page, "families"))
    assert re.search(r"Python 3\.\d+", _section(page, "versions"))


def test_notes_stand_beside_the_numbers(page: str, parts: dict[str, Any]) -> None:
    assert parts["evaluation"].notes
    assert all(note in _section(page, "quality") for note in parts["evaluation"].notes)


def test_the_first_customers_are_those_at_the_highest_risk_with_weights(page: str) -> None:
    customers = _section(page, "first")
    # by probability: 1 (90 %), 3 (70 %), 4 (60 %), 2, 0, 5 (2 %); the last, C-6, is not asked about
    shown = [("C-1", "90%"), ("C-3", "70%"), ("C-4", "60%"), ("C-2", "50%"), ("C-0", "10%"), ("C-5", "2%")]
    assert re.findall(r"(C-\d) (\d+%)", customers) == shown
    assert "high risk" in customers
    assert "reason of C-1 +6 points" in customers
    assert "the other reasons follow by their points" in customers
    assert "None" not in customers
    assert "nan" not in customers
    assert "Shown: 6 of 6 customers, the likeliest to leave first." in customers


def test_the_first_page_says_what_lies_ahead(page: str) -> None:
    ahead = _section(page, "ahead")
    # .10 + .90 + .50 + .70 + .60 + .02 = 2.82 of 6; at high risk .90 + .70 + .60 = 2.2 of 3
    assert (
        "About 3 of 6 customers will leave within the time that was asked about, if nothing changes: 47 of 100."
        in ahead
    )
    assert "At high risk: 3 of them, of whom about 2 will leave (73 of 100)." in ahead
    assert "high 3 2 73 of 100" in ahead
    assert "medium 1 1 50 of 100" in ahead, "a half is one"
    assert "low 2 less than 1 6 of 100" in ahead
    assert "By all that was known before 1 January 2025 (UTC)" in page


def test_instants_stand_on_the_clock_of_the_log(parts: dict[str, Any], tmp_path: Path) -> None:
    # midnight in Berlin, in winter, is 23:00 in UTC
    model = SimpleNamespace(version_="a", features_=SimpleNamespace(timezone_="Europe/Berlin"))
    early = pd.Timedelta("1h")
    scores = parts["scores"].assign(as_of=parts["scores"]["as_of"] - early)
    ledger = _ledger(5.0)
    ledger = replace(
        ledger, since=ledger.since - early, until=ledger.until - early, model_version="a", timezone="Europe/Berlin"
    )
    learned = Learned(0.2, 900, "2023-12-31T23:00:00", "2024-07-31T22:00:00", "a")
    judged = replace(parts["evaluation"], learned=learned)
    page = write_report(tmp_path / "r.html", model=model, evaluation=judged, scores=scores, touchpoints=ledger)
    text = page.read_text(encoding="utf-8")
    assert "By all that was known before 1 January 2025 (Europe/Berlin)" in text
    assert "From 3 October 2024 to 1 January 2025, over 40" in _section(text, "touchpoints")
    assert "at cut-offs from 2024-01-01 to 2024-08-01" in _section(text, "quality")


def test_numbers_in_sentences_are_whole_customers(parts: dict[str, Any]) -> None:
    few = parts["scores"].assign(churn_probability=0.01, band=["high", *["low"] * 5, None])
    few.loc[6, "churn_probability"] = np.nan
    ahead, high = verdict(few, object())[:2]
    # 6 x .01
    assert ahead.startswith("Fewer than 1 of 6 customers will leave within")
    assert high == "At high risk: 1 of them, of whom fewer than 1 will leave (1 of 100)."


@given(st.lists(st.floats(0, 60), min_size=1, max_size=3))
def test_expected_numbers_of_bands_add_up_to_the_headline(expected: list[float]) -> None:
    numbers = pd.Series(expected, index=["high", "medium", "low"][: len(expected)])
    parts = adding_up(numbers)
    assert about(numbers.sum()) == about(parts[parts >= 1].sum()) or numbers.sum() < 0.5
    assert (abs(parts - numbers) < 1).all()
    # nobody is said to stay for certain who is not
    assert ((parts == 0) == (numbers == 0)).all()


@pytest.mark.parametrize(("said", "word"), [(0.9, "fewer"), (0.001, "more")])
def test_the_headline_says_at_once_that_such_numbers_were_off(parts: dict[str, Any], said: float, word: str) -> None:
    judged = evaluate_predictions(parts["evaluation"].predictions.assign(model=said), ["model"], replicates=20)
    off = said_and_came(judged).iloc[-1]["verdict"]
    first = verdict(parts["scores"], object(), judged)[0]
    assert first.endswith(f": 47 of 100, and likely {word}: in a trial such numbers were {off}.")
    assert off == ("too high" if word == "fewer" else "too low")


def test_where_values_are_known_the_first_are_those_with_the_most_to_lose(
    parts: dict[str, Any], tmp_path: Path
) -> None:
    scores = parts["scores"].assign(value=[1000.0, 10, 10, 10, 10, 10, 10])
    scores["expected_loss"] = scores["value"] * scores["churn_probability"]
    page = write_report(tmp_path / "r.html", **parts | {"scores": scores}).read_text(encoding="utf-8")
    assert re.search(r"C-\d", _section(page, "first"))[0] == "C-0"  # type: ignore[index]
    assert "1,000 worth, 100 at risk" in _section(page, "first")
    order = "Shown: 6 of 6 customers, those with most at risk first: what each is worth, times how likely they leave."
    assert order in _section(page, "first")
    # .10 x 1000 + 10 x (.9 + .5 + .7 + .6 + .02) = 127.2 of 1,050
    assert "Of 1,050 that customers are worth, 127 is at risk" in _section(page, "ahead")
    assert "worth at risk" in _section(page, "ahead")


def test_what_can_be_acted_on_is_counted_among_those_at_high_risk_and_the_rest_is_said() -> None:
    details = pd.DataFrame(
        [
            # at high risk are a, b and c; d is not
            ("a", "raises", "experience", "effort", 6.0, True),
            ("b", "raises", "experience", "effort", 3.0, True),
            ("a", "raises", "rhythm", "recency", 4.0, False),
            ("b", "raises", "rhythm", "activity", 2.0, False),
            ("c", "raises", "rhythm", "activity", 0.6, False),
            ("c", "lowers", "experience", "speed", -5.0, True),
            ("d", "raises", "experience", "speed", 9.0, True),
        ],
        columns=["customer_id", "side", "theme", "driver", "points", "actionable"],
    )
    scores = pd.DataFrame({"customer_id": list("abcd"), "band": ["high", "high", "high", "low"]})
    found = levers(details, scores, scores["customer_id"])
    assert found is not None
    assert found["table"].rows == [["how hard it was", "67 of 100", "5 points"]]  # (6 + 3) / 2 = 4.5
    # (4 + 2 + .6) / 3
    rest = "how often and how lately they came (a reason for 100 of 100, by 2 points)"
    assert found["rest"] == f"What else raises it tells that they are leaving rather than what to mend: {rest}."
    small = levers(details.assign(points=[0.6, 0.9, 0.4, 1.3, 1.6, -5, 9]), scores, scores["customer_id"])
    assert small is not None
    # (.6 + .9) / 2 = .75, halves away from zero; (.4 + 1.3 + 1.6) / 3
    assert small["table"].rows[0][-1] == "0.8 points"
    assert "by 1.1 points)" in small["rest"]
    nothing = levers(details[~details["actionable"]], scores, scores["customer_id"])
    assert nothing is not None
    assert (nothing["table"], nothing["rest"]) == (None, found["rest"])
    # b is silent for too long already, and stands apart: of a and c, effort is a reason for one
    silent = levers(details, scores.assign(already_silent=[False, True, False, False]), scores["customer_id"])
    assert silent is not None
    assert silent["table"].rows == [["how hard it was", "50 of 100", "6 points"]]
    every = levers(details[details["actionable"]], scores, scores["customer_id"])
    assert every is not None
    assert every["rest"] == ""
    assert levers(details.iloc[:0], scores, scores["customer_id"]) is None
    assert levers(None, scores, None) is None


def _ledger(cost: float) -> Ledger:
    """Forty customers who each visited the web and complained by phone, which cost each so many points."""
    rows = pd.DataFrame(
        {
            "customer_id": [f"C-{place}" for place in range(40)] * 2,
            "touchpoint": ["phone"] * 40 + ["web"] * 40,
            "kind": ["complaint"] * 40 + ["visit"] * 40,
            "direction": "inbound",
            "month": "2024-12",
            "experience_points": [cost + (place % 3 - 1) for place in range(40)] + [0.0] * 40,
            "presence_points": -1.0,
            "other_points": 0.0,
            "outcome": [-1.0] * 40 + [0.5] * 40,
            "told": True,
        }
    )
    since, until = np.datetime64("2024-10-03", "us"), np.datetime64("2025-01-01", "us")
    totals = pd.DataFrame({"part": ["experience"], "log_odds": [1.0], "points": [cost * 40]})
    return Ledger(rows, totals, since, until, 40, {}, False, ("40 of 90 customers were drawn",), "aaaa", drawn=40)


def test_touchpoints_that_cost_stand_on_the_first_page(parts: dict[str, Any], tmp_path: Path) -> None:
    page = write_report(tmp_path / "r.html", **parts, touchpoints=_ledger(5.0)).read_text(encoding="utf-8")
    text = _section(page, "touchpoints")
    assert "From 3 October 2024 to 1 January 2025, over 40 customers drawn by chance and 80 interactions." in text
    # 40 contacts of about 5 points are 2 customers
    assert re.search(r"Costliest was complaint, phone: .* cost about 2\.0 customers \(1\.\d to 2\.\d\)", text)
    assert "complaint, phone 40 0 of 100 2.0" in text
    assert page.count("<svg") == 8
    assert "contact how many went well customers lost, about likely between" in text
    unknown = _ledger(5.0)
    unknown = replace(unknown, interactions=unknown.interactions.assign(outcome=np.nan))
    text = _section(write_report(tmp_path / "u.html", **parts, touchpoints=unknown).read_text("utf-8"), "touchpoints")
    assert "contact how many customers lost, about likely between complaint, phone 40 2.0" in text
    assert "How many of them went well cannot be told" in text
    untold = replace(unknown, interactions=unknown.interactions.assign(told=unknown.interactions["kind"] == "visit"))
    text = _section(write_report(tmp_path / "n.html", **parts, touchpoints=untold).read_text("utf-8"), "touchpoints")
    assert "No touchpoint cost more customers than chance could explain." in text
    assert "Not shown, as nothing on record says what they were like: complaint, phone." in text
    untold = replace(unknown, interactions=unknown.interactions.assign(told=False))
    text = _section(write_report(tmp_path / "n.html", **parts, touchpoints=untold).read_text("utf-8"), "touchpoints")
    assert "nothing on record says what any of them was like" in text
    assert "Costliest" not in text
    assert "<svg" not in text
    assert "Touchpoints: 40 of 90 customers were drawn." in _section(page, "drivers")
    nothing = write_report(tmp_path / "r.html", **parts, touchpoints=_ledger(0.0)).read_text(encoding="utf-8")
    assert "No touchpoint cost more customers than chance could explain." in _section(nothing, "touchpoints")
    alone = replace(_ledger(5.0), notes=(Phrase("ledger", "later_alone", n=40),))
    text = _section(write_report(tmp_path / "l.html", **parts, touchpoints=alone).read_text("utf-8"), "touchpoints")
    assert "40 of these interactions say only how some matter ended, later and without its number" in text
    with pytest.raises(UsageError, match="the touchpoints are by model aaaa"):
        write_report(tmp_path / "r.html", model=SimpleNamespace(version_="bbbb"), touchpoints=_ledger(5.0))


STATISTICIANS = (
    "SHAP", "AUC", "log-odds", "log loss", "Brier", "calibration", "lift", "interval", "baseline", "logistic", "percentile",
    "bootstrap", "significant", "probabilit", "quantile", "average precision", "cut-off", "standard error",
)  # fmt: skip


def test_no_word_of_statistics_stands_on_the_first_page(page: str) -> None:
    words = re.sub(r"<[^>]*>", " ", page.split('<div id="manager">')[1].split('<div id="statistics">')[0]).lower()
    assert [one for one in STATISTICIANS if one.lower() in words] == []


def test_the_first_page_says_how_far_to_trust_it(page: str, parts: dict[str, Any]) -> None:
    trust = _section(page, "trust")
    assert "was tried on the customers of 1 October 2024 to 1 November 2024" in trust
    said = said_and_came(parts["evaluation"]).iloc[-1]
    assert f"{100 * said['came']:.0f} of 100 left" in trust
    assert "the order can be relied on" in trust
    # said once, and the same in either part
    order = re.search(r"Of the tenth that stood first, .*? relied on\.", trust)[0]  # type: ignore[index]
    assert order in _section(page, "lift")
    assert page.count("Of the tenth that stood first") == 2
    rows = parts["evaluation"].predictions
    customers = rows.loc[rows["churned"] == 1, "customer_id"].nunique()
    assert customers < rows["churned"].sum()
    assert f"Only {customers} customers left in that trial" in trust


def test_numbers_above_are_spoken_of_where_there_are_some(parts: dict[str, Any], tmp_path: Path) -> None:
    high = evaluate_predictions(parts["evaluation"].predictions.assign(model=0.9), ["model"], replicates=20)
    for scores, above in ((parts["scores"], True), (None, False), (parts["scores"].iloc[6:], False)):
        whole = {**parts, "evaluation": high, "scores": scores, "explanation": None}
        text = _section(write_report(tmp_path / "r.html", **whole).read_text(encoding="utf-8"), "trust")
        assert ("Take the numbers of leavers above as too high." in text) == above
        assert "too many were said" in text
        # everybody is said the same, so that the order is that of the rows
        assert "do not rely on the order" in text


def test_it_says_which_model_was_judged(parts: dict[str, Any], tmp_path: Path) -> None:
    model = SimpleNamespace(churn_=parts["panel"].definition, version_="aaaa")
    for version, said, tried in (
        ("bbbb", "Judged is a model of the same recipe (bbbb)", "A model made in the same way"),
        ("aaaa", "Judged is the model of this report (aaaa)", "This model, which knew only the time before"),
    ):
        learned = Learned(0.2, 900, "2024-01-01", "2024-08-01", version)
        judged = replace(parts["evaluation"], learned=learned)
        page = write_report(tmp_path / "r.html", model=model, evaluation=judged).read_text(encoding="utf-8")
        assert said in _section(page, "quality")
        assert "learned from 900 rows at cut-offs from 2024-01-01 to 2024-08-01" in _section(page, "quality")
        assert tried in _section(page, "trust")


def test_scores_and_explanations_of_another_model_are_refused(parts: dict[str, Any], tmp_path: Path) -> None:
    model = SimpleNamespace(version_="aaaa")
    scores = parts["scores"].assign(model_version="bbbb")
    with pytest.raises(UsageError, match="the scores are by model bbbb, the report is about model aaaa"):
        write_report(tmp_path / "r.html", **parts | {"scores": scores, "model": model})
    other = parts["scores"].assign(churn_probability=parts["scores"]["churn_probability"] * 0.9)
    with pytest.raises(UsageError, match=r"other probabilities than the scores: up to 0\.09"):
        write_report(tmp_path / "r.html", **parts | {"scores": other})


def test_with_a_model_alone_every_section_says_what_is_absent(tmp_path: Path) -> None:
    page = write_report(tmp_path / "report.html", model=object()).read_text(encoding="utf-8")
    assert _Page(page).open == []
    assert "No customers were scored" in _section(page, "ahead")
    assert "not tried on what came afterwards" in _section(page, "trust")
    assert "No panel was given" in _section(page, "data")
    assert "No explanation was given" in _section(page, "drivers")
    assert "does not list families" in _section(page, "families")
    assert "<title>Churn report</title>" in page


def test_without_scores_no_customer_is_named(parts: dict[str, Any], tmp_path: Path) -> None:
    page = write_report(tmp_path / "report.html", **{**parts, "scores": None}).read_text(encoding="utf-8")
    assert not re.search(r"C-\d", page)


def test_the_training_panel_stands_in_for_the_panel(parts: dict[str, Any], tmp_path: Path) -> None:
    model = SimpleNamespace(training_panel_=parts["panel"])
    path = write_report(tmp_path / "report.html", model=model, evaluation=parts["evaluation"])
    assert "active in the last 90 days" in _section(path.read_text(encoding="utf-8"), "ahead")


def test_a_loaded_model_still_says_what_it_predicts_and_which_it_is(parts: dict[str, Any], tmp_path: Path) -> None:
    model = SimpleNamespace(churn_=parts["panel"].definition, version_="7f99b02716af")
    path = write_report(tmp_path / "report.html", model=model, evaluation=parts["evaluation"])
    page = path.read_text(encoding="utf-8")
    assert "active in the last 90 days" in _section(page, "ahead")
    assert "model 7f99b02716af · Python 3" in _section(page, "versions")


def test_one_class_and_no_baselines_can_be_reported(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": range(60), "group": "a", "churned": 0, "p": np.linspace(0, 0.3, 60), "q": 0.1})
    for models in (["p"], ["p", "q"]):
        evaluation = evaluate_predictions(frame, models, replicates=20)
        page = write_report(tmp_path / "report.html", model=object(), evaluation=evaluation).read_text(encoding="utf-8")
        assert "Nobody churned" in _section(page, "quality")
        assert "not defined" in _section(page, "quality")
        assert "nan" not in _section(page, "quality")


def test_many_cutoffs_are_folded_away(parts: dict[str, Any], summary: pd.DataFrame, tmp_path: Path) -> None:
    panel = SimpleNamespace(definition=parts["panel"].definition, summary=pd.concat([summary] * 7, ignore_index=True))
    page = write_report(tmp_path / "report.html", **{**parts, "panel": panel}).read_text(encoding="utf-8")
    assert "All 28 cut-offs" in _section(page, "data")
    assert "<details>" in page


@pytest.mark.usefixtures("drawn")
def test_two_runs_give_equal_bytes(page: str, parts: dict[str, Any], tmp_path: Path) -> None:
    assert write_report(tmp_path / "two.html", **parts).read_bytes() == page.encode()


def test_an_older_report_is_replaced_and_nothing_else_is_left(parts: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    assert write_report(str(path), **parts) == path
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("where", ["absent/report.html", "folder"])
def test_a_path_that_cannot_be_written_is_explained(where: str, parts: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"cannot be written to .*\n.*\nHint: for example 'report.html'"):
        write_report(tmp_path / where, **parts)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.skipif(_CHROMIUM is None, reason="no chromium to look at the page with")
def test_a_browser_shows_it_without_overflow(page: str, tmp_path: Path) -> None:
    measure = (
        "<script>document.body.dataset.wide = document.documentElement.scrollWidth - window.innerWidth;"
        "document.body.dataset.drawn = [...document.querySelectorAll('svg')]"
        ".filter(one => one.getBoundingClientRect().height > 100).length</script></body>"
    )
    path = tmp_path / "measured.html"
    path.write_text(page.replace("</body>", measure), encoding="utf-8")
    quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    calm = "--disable-component-update --disable-sync --window-size=500,900 --dump-dom"
    command = [_CHROMIUM, *quiet.split(), *calm.split(), f"--user-data-dir={tmp_path / 'browser'}", path.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout  # type: ignore[arg-type]
    assert re.search(r'data-wide="(-?\d+)"', shown)
    assert int(re.search(r'data-wide="(-?\d+)"', shown)[1]) <= 0  # type: ignore[index]
    assert 'data-drawn="7"' in shown


def test_those_still_here_have_a_table_of_their_own(parts: dict[str, Any], page: str, tmp_path: Path) -> None:
    assert "Those still here" not in page
    predictions = parts["evaluation"].predictions
    silent = np.arange(len(predictions)) % 5 == 0
    found = evaluate_predictions(
        predictions.assign(already_silent=silent), ["model", "recency rule"], replicates=20, random_state=0
    )
    text = _section(
        write_report(tmp_path / "r.html", **parts | {"evaluation": found}).read_text(encoding="utf-8"), "quality"
    )
    assert "Those still here: 480 rows;" in text
    value = found.summary(still_here=True)["roc_auc"].iloc[0].split(" [")[0]
    assert value in text


def test_the_customers_shown_can_still_be_kept(parts: dict[str, Any], tmp_path: Path) -> None:
    scores = parts["scores"].assign(already_silent=[False, True, False, False, False, True, False])
    page = write_report(tmp_path / "r.html", **parts | {"scores": scores}).read_text(encoding="utf-8")
    # C-1 and C-5 were silent already, C-6 is not asked about
    assert sorted(set(re.findall(r"C-\d", _section(page, "first")))) == ["C-0", "C-2", "C-3", "C-4"]
    assert "Another 2 have been silent" in _section(page, "ahead")
    assert "All who are asked about, those silent for too long already among them." in _section(page, "data")
    nobody = parts["scores"].assign(already_silent=False)
    without = write_report(tmp_path / "r.html", **parts | {"scores": nobody}).read_text(encoding="utf-8")
    assert "All who are asked about. " in _section(without, "data")


def test_what_was_decided_for_the_panel_is_said(parts: dict[str, Any], tmp_path: Path) -> None:
    panel = SimpleNamespace(**vars(parts["panel"]), notes=("A cancel ends a customer: of 9 with one, none came back.",))
    text = _section(write_report(tmp_path / "r.html", **parts | {"panel": panel}).read_text(encoding="utf-8"), "data")
    assert "A cancel ends a customer: of 9 with one" in text


_COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})")


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_from_the_page_by_light_in_the_dark_and_in_print(page: str) -> None:
    # WCAG 2: (lighter + .05) / (darker + .05) is 4.5 at least for text
    schemes = [dict(_COLOUR.findall(block)) for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)]
    assert len(schemes) == 3
    for colours in schemes:
        for ground in ("page", "card"):
            for text in ("ink", "soft", "accent", "warm"):
                one, other = sorted((_luminance(colours[text]), _luminance(colours[ground])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (text, ground, colours)


def test_figures_say_what_they_show_and_tables_name_their_rows_and_columns(page: str) -> None:
    labels = re.findall(r'<svg role="img" aria-label="([^"]+)"', page)
    assert len(labels) == page.count("<svg") == page.count("<figcaption>")
    assert all(len(label) > 20 for label in labels)
    assert page.count("<th ") == page.count("<th scope=") + page.count('<th class="words" scope="row"')
    assert '<html lang="en">' in page
