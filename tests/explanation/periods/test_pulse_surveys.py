"""Surveys and matters in a pulse: which touchpoint a score belongs to, who was silent, what was solved in time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.explanation.periods._assumption import as_measured
from cxchurn.interactions import Later

from .pulse_rows import cell, log_of

SURVEYS = "kind touchpoint invited score score_type"
NO = None


def survey_log(rows: list[tuple], **options: object) -> cx.InteractionLog:
    return log_of(rows, SURVEYS, observed_until="2024-03-20", **options)


class TestScores:
    def test_belong_to_the_interaction_that_is_asked_about(self):
        # asked by e-mail in February about a call in January, and answered in February
        rows = [
            ("a", "2024-01-31T10:00", "call", "phone", NO, NO, NO),
            ("a", "2024-02-01T08:00", "survey", "email", True, NO, "nps"),
            ("a", "2024-02-03T08:00", "survey", "email", NO, 9.0, "nps"),
            ("b", "2024-02-05T10:00", "visit", "store", NO, NO, NO),
        ]
        found = cx.pulse(survey_log(rows))
        assert cell(found, "nps", "2024-01", "phone")["value"] == 100
        assert cell(found, "nps_answer_rate", "2024-01", "phone")["value"] == 1
        assert (found.table["touchpoint"] != "email").all()

    def test_belong_to_the_matter_where_there_is_one(self):
        rows = [
            ("a", "2024-01-03", "call", "phone", "M1", NO, NO, NO),
            ("a", "2024-01-04", "visit", "store", NO, NO, NO, NO),
            ("a", "2024-01-05", "survey", "email", "M1", True, NO, "csat"),
            ("a", "2024-01-06", "survey", "email", "M1", NO, 2.0, "csat"),
        ]
        log = log_of(rows, "kind touchpoint case_id invited score score_type", observed_until="2024-03-01")
        found = cx.pulse(log)
        assert cell(found, "csat", "2024-01", "phone")["value"] == 0

    def test_on_the_contacts_own_row_are_its_own(self):
        rows = [
            ("a", "2024-01-03", "call", "phone", True, 7.0, "ces"),
            ("b", "2024-01-04", "call", "phone", True, NO, "ces"),
            ("c", "2024-01-04", "call", "phone", NO, NO, NO),
        ]
        found = cx.pulse(survey_log(rows))
        assert cell(found, "ces", "2024-01", "phone")["value"] == 7
        assert cell(found, "ces_answer_rate", "2024-01", "phone")["value"] == 0.5
        assert cell(found, "contacts", "2024-01", "phone")["value"] == 3

    def test_known_later_belong_to_the_call(self):
        rows = [
            ("a", "2024-01-30", "call", "phone", 10.0, "nps", "2024-02-02"),
            ("b", "2024-02-03", "call", "web", NO, NO, NO),
        ]
        log = log_of([row[:6] for row in rows], "kind touchpoint score score_type", observed_until="2024-03-20")
        frame = pd.DataFrame(rows, columns=["c", "t", "kind", "touchpoint", "score", "score_type", "answered_at"])
        schema = cx.Schema(
            customer_id="c", timestamp="t", kind="kind", touchpoint="touchpoint", score="score", score_type="score_type",
            later=(Later(at="answered_at", columns=("score", "score_type")),),
        )  # fmt: skip
        later = cx.read_interactions(frame, schema, observed_until="2024-03-20")
        for one in (log, later):
            assert cell(cx.pulse(one), "nps", "2024-01", "phone")["value"] == 100

    @pytest.mark.parametrize(("case", "says"), [(None, True), ("ticket", False)])
    def test_what_closes_a_matter_later_is_of_a_contact_by_its_case_alone(self, case: str | None, says: bool):
        columns = ["c", "t", "kind", "touchpoint", "ticket", "ok", "closed_at"]
        rows = [("a", "2024-01-03", "call", "phone", "T1", True, "2024-01-04")]
        schema = cx.Schema(
            customer_id="c", timestamp="t", kind="kind", touchpoint="touchpoint", resolved="ok", case_id=case,
            later=(Later(at="closed_at", columns=("resolved",)),),
        )  # fmt: skip
        found = cx.pulse(cx.read_interactions(pd.DataFrame(rows, columns=columns), schema, observed_until="2024-03-20"))
        assert ("1 row that says later on that a matter was closed" in str(found).replace("\n", " ")) is says
        assert ("solved" in set(found.table["measure"])) is not says

    def test_late_answers_are_answers_to_nobody(self):
        rows = [
            ("a", "2024-01-03", "call", "phone", NO, NO, NO),
            ("a", "2024-01-04", "survey", "email", True, NO, "nps"),
            ("a", "2024-01-29", "survey", "email", NO, 0.0, "nps"),
        ]
        found = cx.pulse(survey_log(rows))
        assert cell(found, "nps_answer_rate", "2024-01", "phone")["value"] == 0
        assert cell(found, "nps", "2024-01", "phone")["value"] == -100

    def test_an_invitation_whose_time_is_not_over_is_no_silence(self):
        rows = [
            ("a", "2024-03-01", "call", "phone", NO, NO, NO),
            ("a", "2024-03-02", "survey", "email", True, NO, "nps"),
            ("b", "2024-03-15", "call", "phone", NO, NO, NO),
            ("b", "2024-03-16", "survey", "email", True, NO, "nps"),
        ]
        assert cell(cx.pulse(survey_log(rows)), "nps_answer_rate", "2024-03", "phone")["count"] == 1

    def test_about_nothing_stay_where_they_were_sent_and_are_said(self):
        rows = [
            ("a", "2024-01-04", "survey", "email", True, NO, "nps"),
            ("b", "2024-01-04", "call", "phone", NO, NO, NO),
        ]
        found = cx.pulse(survey_log(rows))
        assert cell(found, "nps_answer_rate", "2024-01", "email")["value"] == 0
        assert any(note.startswith("1 of 1 surveys asks about no interaction") for note in found.notes)

    @pytest.mark.parametrize(
        ("survey", "scores", "value"),
        [
            # two promoters, one passive, one detractor of four
            ("nps", [9, 10, 8, 6], 25.0),
            ("nps", [0, 6, 7], -200 / 3),
            ("csat", [5, 4, 3, 1], 0.5),
            ("ces", [7, 1], 4.0),
        ],
    )
    def test_count_as_the_field_counts_them(self, survey: str, scores: list[float], value: float):
        assert as_measured(survey, np.array(scores, dtype=float)).mean() == pytest.approx(value)


def asked(number: int, *, tone: float, score: float | None) -> list[tuple]:
    """A call with a tone, an invitation the day after and perhaps an answer."""
    who = f"c{number}"
    rows = [
        (who, "2024-01-10", "call", "phone", NO, NO, NO, tone),
        (who, "2024-01-11", "survey", "email", True, NO, "nps", NO),
    ]
    return [*rows, *([] if score is None else [(who, "2024-01-12", "survey", "email", NO, score, "nps", NO)])]


class TestIfAllHadAnswered:
    @pytest.fixture(scope="class")
    def uneven(self) -> cx.InteractionLog:
        # of 30 after a good call 20 answer, all promoters; of 30 after a bad one 10 answer, all detractors
        good = [asked(k, tone=0.8, score=10.0 if k < 20 else None) for k in range(30)]
        bad = [asked(100 + k, tone=-0.8, score=0.0 if k < 10 else None) for k in range(30)]
        rows = [row for one in (*good, *bad) for row in one]
        return log_of(rows, "kind touchpoint invited score score_type sentiment", observed_until="2024-03-20")

    def test_the_silent_say_what_those_like_them_said(self, uneven: cx.InteractionLog):
        found = cx.pulse(uneven)
        assert cell(found, "nps", "2024-01", "phone")["value"] == pytest.approx((20 - 10) / 30 * 100)
        # as many had a good call as had a bad one
        assert cell(found, "nps_if_all_answered", "2024-01", "phone")["value"] == pytest.approx(0.0, abs=1e-9)
        assert any("like theirs" in note for note in found.notes)

    def test_the_silent_are_lower_by_what_is_said(self, uneven: cx.InteractionLog):
        found = cx.pulse(uneven, assume={"nps": -40})
        expected = 100 / 3 + 0.5 * -40
        row = cell(found, "nps_if_all_answered", "2024-01", "phone")
        assert row["value"] == pytest.approx(expected)
        # the error of the mean of those who answered, and that of the share that answers
        score = cell(found, "nps", "2024-01", "phone")
        rate = cell(found, "nps_answer_rate", "2024-01", "phone")
        of_mean = (score["high"] - score["low"]) / 2 / 1.96
        of_rate = np.sqrt(rate["value"] * (1 - rate["value"]) / 60) * 40
        assert (row["high"] - row["low"]) / 2 / 1.96 == pytest.approx(np.hypot(of_mean, of_rate), rel=0.02)
        assert any("nps -40 points" in note for note in found.notes)


class TestSolved:
    COLUMNS = "kind case_id resolved"

    def solved(self, rows: list[tuple], **options: object) -> float:
        return cell(
            cx.pulse(log_of(rows, self.COLUMNS, observed_until="2024-03-20", **options), by=()), "solved", "2024-01"
        )["value"]

    def test_at_once_or_within_the_time(self):
        rows = [
            ("a", "2024-01-02", "call", "M1", True),
            ("b", "2024-01-02", "call", "M2", False),
            ("b", "2024-01-08", "resolved", "M2", True),
            ("c", "2024-01-02", "call", "M3", False),
            ("c", "2024-01-12", "resolved", "M3", True),
            ("d", "2024-01-02", "call", "M4", NO),
        ]
        # a call of each, one closed at once, one within seven days, one too late, one never; and what closed: closed itself
        assert self.solved(rows) == pytest.approx((1 + 1 + 0 + 0 + 1 + 1) / 6)

    def test_is_not_asked_of_orders(self):
        rows = [
            ("a", "2024-01-02", "call", "M1", True),
            ("a", "2024-01-03", "purchase", "O1", NO),
            ("b", "2024-01-03", "purchase", "O2", NO),
        ]
        assert self.solved(rows) == 1.0

    def test_waits_until_the_time_is_over(self):
        rows = [("a", "2024-01-02", "call", "M1", True), ("b", "2024-01-30", "call", "M2", False)]
        log = log_of(rows, self.COLUMNS, observed_until="2024-02-01")
        assert cell(cx.pulse(log, by=()), "solved", "2024-01")["count"] == 1
