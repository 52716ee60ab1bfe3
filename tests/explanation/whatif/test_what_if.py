"""A customer scored again: no edit changes nothing, edits go through the real features, and every wrong name is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn._core import MismatchError, UsageError
from cxchurn.explanation import what_if
from cxchurn.explanation.whatif._rows import Rows
from cxchurn.history import log_of_one
from cxchurn.interactions import Later, Schema, read_interactions, with_events

AT = "2024-11-05T13:20:00"


@pytest.fixture(scope="module")
def contact(log) -> dict:
    """A contact with a case, a wait, transfers and a bad tone, of somebody who is still there."""
    rows = [
        row for row in log.events.to_pylist() if row["case_id"] and (row["transfers"] or 0) > 0 and not row["resolved"]
    ]
    recent = [row for row in rows if pd.Timestamp("2024-09-15") < row["known_at"] < pd.Timestamp("2024-11-01")]
    return max(recent, key=lambda row: (row["wait_s"] or 0, row["customer_id"]))


def asked(model, log, customer, *edits, **about):
    return what_if(model, log, customer, list(edits), at=AT, **about)


class TestNothing:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.integers(0, 299))
    def test_no_edit_changes_nothing(self, model, log, november, place):
        try:
            found = asked(model, log, november["customer_id"].iloc[place])
        except MismatchError:
            return
        assert found.before == found.after or found.not_asked
        assert found.sentences.empty
        if not found.not_asked:
            assert not found.drivers["log_odds"].any()

    def test_it_starts_from_the_score(self, model, log, contact):
        scores = cx.score(model, log, at=AT).set_index("customer_id")
        found = asked(model, log, contact["customer_id"], cx.tone(contact["case_id"], 0.9))
        assert found.before == scores.loc[contact["customer_id"], "churn_probability"]
        assert found.after != found.before

    def test_taking_out_and_putting_back_is_no_change(self, model, log, contact):
        customer = contact["customer_id"]
        own = [row for row in log.events.to_pylist() if row["customer_id"] == customer]
        skipped = ("customer_id", "timestamp", "kind")
        back = [
            cx.added(row["kind"], row["timestamp"], **{k: v for k, v in row.items() if k not in skipped}) for row in own
        ]
        kept = {"kind": own[0]["kind"]}
        found = asked(model, log, customer, *back, *(cx.without(k + 1) for k in range(len(own))))
        assert found.before == found.after
        assert found.sentences.empty
        assert len(asked(model, log, customer, cx.without(kept)).sentences) > 0

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_the_result_is_that_of_the_edited_log(self, model, log, contact, data):
        """Editing one column of one row by hand and scoring everybody gives the same bits."""
        rows = log.events.to_pylist()
        own = [
            k
            for k, row in enumerate(rows)
            if row["customer_id"] == contact["customer_id"] and row["sentiment"] is not None
        ]
        place, value = data.draw(st.sampled_from(own)), data.draw(st.floats(-1, 1))
        row = rows[place]
        name = {
            "timestamp": row["timestamp"],
            "kind": row["kind"],
            "case_id": row["case_id"],
            "sentiment": row["sentiment"],
        }
        found = asked(model, log, contact["customer_id"], cx.tone(name, value))
        changed = with_events(log, _table(log, [{**one, "sentiment": value} if one is row else one for one in rows]))
        scores = cx.score(model, changed, at=AT).set_index("customer_id")["churn_probability"]
        assert scores[contact["customer_id"]] == found.after


def _table(log, rows):
    import pyarrow as pa

    types = [pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in log.types]
    return pa.Table.from_pylist(rows, schema=pa.schema(types))


class TestResult:
    def test_adds_up(self, model, log, contact):
        case = contact["case_id"]
        found = asked(model, log, contact["customer_id"], cx.not_passed_on(case), cx.solved(case), cx.tone(case, 0.8))
        points = 100 * (found.after - found.before)
        assert points < 0
        for table in (found.parts, found.drivers):
            assert table["points"].sum() == pytest.approx(points, abs=1e-9)
        assert found.parts["part"].tolist() == ["presence", "experience", "other"]
        assert found.drivers["points"].abs().is_monotonic_decreasing
        assert (found.sentences["before"] != found.sentences["after"]).all()

    def test_prints_within_80_columns(self, model, log, contact):
        text = repr(asked(model, log, contact["customer_id"], cx.tone(contact["case_id"], 0.9)))
        assert max(map(len, text.splitlines())) <= 80
        assert "Association, not effect" in text
        assert "refund" not in text
        assert f"tone({contact['case_id']!r}, sentiment=0.9)" in text
        assert "with all that followed" in " ".join(text.split())

    def test_a_refund_is_said_to_tell_of_what_had_gone_wrong(self, model, log, contact):
        edits = [cx.refunded(contact["case_id"], 20), cx.refunded(contact["case_id"], 5), cx.tone(1, 0.5)]
        found = asked(model, log, contact["customer_id"], *edits)
        assert len(found.notes) == 2
        assert repr(found).count("A refund tells the model") == 1
        assert all(len(line) <= 80 for line in repr(found).splitlines())

    def test_who_is_not_asked_about(self, model, log):
        gone = cx.score(model, log, at=AT).query("not_asked == 'silent too long'")["customer_id"].iloc[0]
        found = asked(model, log, gone, cx.without(1))
        assert np.isnan(found.before)
        assert found.not_asked == "silent too long"
        assert "not asked about: silent too long" in repr(found)


class TestEdits:
    """What each edit makes of the rows, seen in the events that are scored."""

    def rows(self, log, contact, *edits):
        own = Rows(
            log_of_one(log, np.array([contact["customer_id"]], dtype=object)), ("call", "refund", contact["kind"])
        )
        before = [dict(row) for row in own.rows]
        for edit in edits:
            edit.apply(own)
        return before, own.rows

    def changed(self, log, contact, *edits):
        before, after = self.rows(log, contact, *edits)
        assert len(before) == len(after)
        return [
            {name: now[name] for name in now if now[name] != was[name]}
            for was, now in zip(before, after, strict=True)
            if now != was
        ]

    def test_answered_shortens_longer_waits_alone(self, log, contact):
        found = self.changed(log, contact, cx.answered(contact["case_id"], within="5s"))
        assert found
        assert all(one == {"wait_s": 5.0} for one in found)
        assert self.changed(log, contact, cx.answered(contact["case_id"], within="30D")) == []

    def test_not_passed_on(self, log, contact):
        found = self.changed(log, contact, cx.not_passed_on(contact["case_id"]))
        assert {"transfers": 0} in found

    def test_tone_and_edited(self, log, contact):
        number = next(row["number"] for row in self.rows(log, contact)[0] if row["sentiment"] is not None)
        assert self.changed(log, contact, cx.tone(number, 0.123)) == [{"sentiment": 0.123}]
        assert self.changed(log, contact, cx.edited(number, touchpoint="web", duration_s=7.0)) == [
            {"touchpoint": "web", "duration_s": 7.0}
        ]

    def test_moving_an_interaction_moves_when_it_became_known(self, log, contact):
        before, after = self.rows(log, contact, cx.edited(3, timestamp="2024-10-01T12:00:00"))
        was, now = before[2], after[2]
        assert now["timestamp"] == pd.Timestamp("2024-10-01T12:00:00")
        assert now["known_at"] - now["timestamp"] == was["known_at"] - was["timestamp"]

    def test_called_back_and_refunded_are_the_companys_acts_in_the_matter(self, log, contact):
        case = contact["case_id"]
        before, after = self.rows(log, contact, cx.called_back(case, after="1D", sentiment=0.5), cx.refunded(case, 20))
        first = next(row for row in before if row["case_id"] == case)
        call, refund = after[len(before) :]
        for row in (call, refund):
            assert row["timestamp"] == row["known_at"] == first["timestamp"] + pd.Timedelta("1D")
            assert (row["case_id"], row["direction"], row["later"]) == (case, "outbound", False)
        assert (call["kind"], call["sentiment"]) == ("call", 0.5)
        assert (refund["kind"], refund["value"]) == ("refund", -20)

    def test_without_takes_out_a_matter_or_one_interaction(self, log, contact):
        case = contact["case_id"]
        before, after = self.rows(log, contact, cx.without(case))
        assert [row for row in before if row["case_id"] != case] == after
        before, after = self.rows(log, contact, cx.without(2))
        assert [row["number"] for row in after] == [row["number"] for row in before if row["number"] != 2]

    def test_names(self, log, contact):
        own = Rows(log_of_one(log, np.array([contact["customer_id"]], dtype=object)), ())
        one = own.rows[4]
        for name in (
            5,
            one["timestamp"],
            f"{one['timestamp']:%Y-%m-%dT%H:%M:%S}",
            {"timestamp": one["timestamp"], "number": 5},
        ):
            assert one in own.find(name)
        assert {row["case_id"] for row in own.find(contact["case_id"])} == {contact["case_id"]}


class TestFilledInLater:
    """A log in which `resolved` is filled in later: what an edit says stands on the row that comes then."""

    SCHEMA = Schema(
        customer_id="who", timestamp="at", kind="what", case_id="case", resolved="ok",
        later=(Later(at="closed_at", columns=("resolved",)),),
    )  # fmt: skip

    @pytest.fixture
    def rows(self):
        frame = pd.DataFrame(
            {
                "who": ["a", "a", "a", "b"],
                "at": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-01"]),
                "what": ["call", "call", "visit", "call"],
                "case": ["T-1", "T-2", None, "T-3"],
                "ok": [False, None, None, True],
                "closed_at": pd.to_datetime(["2024-01-05", None, None, "2024-01-02"]),
            }
        )
        return Rows(
            log_of_one(read_interactions(frame, self.SCHEMA), np.array(["a"], dtype=object)),
            ("call", "visit", "closed"),
        )

    def told(self, rows):
        keys = ("timestamp", "known_at", "kind", "resolved", "later")
        return sorted(tuple(str(row[name]) for name in keys) for row in rows.rows if row["later"])

    def test_the_news_is_edited_and_stays_where_it_is(self, rows):
        cx.solved("T-1").apply(rows)
        assert self.told(rows) == [("2024-01-05 00:00:00", "2024-01-05 00:00:00", "closed", "True", "True")]
        assert all(row["resolved"] is None for row in rows.rows if not row["later"])

    def test_the_news_comes_sooner(self, rows):
        cx.solved("T-1", within="1D").apply(rows)
        assert self.told(rows) == [("2024-01-02 00:00:00", "2024-01-02 00:00:00", "closed", "True", "True")]

    def test_news_that_never_came_has_to_be_dated(self, rows):
        with pytest.raises(UsageError, match=r"'T-2' was never solved(.|\n)*within='1D'"):
            cx.solved("T-2").apply(rows)
        cx.solved("T-2", within="2D").apply(rows)
        assert self.told(rows)[1] == ("2024-02-03 00:00:00", "2024-02-03 00:00:00", "closed", "True", "True")

    def test_a_column_that_is_filled_in_later_is_not_written_before(self, rows):
        with pytest.raises(UsageError, match="resolved of 'T-2' is filled in later, and never was"):
            cx.edited("T-2", resolved=True).apply(rows)
        cx.edited("T-1", resolved=True).apply(rows)
        assert self.told(rows)[0][3] == "True"

    def test_other_columns_are_those_of_the_interactions(self, rows):
        cx.edited("T-1", kind="visit").apply(rows)
        assert [row["kind"] for row in rows.rows if row["case_id"] == "T-1"] == ["visit", "closed"]

    def test_nothing_of_an_interaction_becomes_known_before_it(self, rows):
        cx.edited("T-1", timestamp="2024-01-03").apply(rows)
        assert self.told(rows)[0][0] == "2024-01-05 00:00:00"
        cx.edited("T-1", timestamp="2024-01-09").apply(rows)
        assert self.told(rows)[0][:2] == ("2024-01-09 00:00:00", "2024-01-09 00:00:00")
        assert [str(row["timestamp"]) for row in rows.rows if row["case_id"] == "T-2"] == ["2024-02-01 00:00:00"]

    def test_the_matter_goes_with_its_news(self, rows):
        cx.without("T-1").apply(rows)
        assert self.told(rows) == []
        assert [row["kind"] for row in rows.rows] == ["call", "visit"]


class TestAnswers:
    """A log that tells no waits: the company's first answer in a matter comes sooner."""

    @pytest.fixture
    def rows(self):
        frame = pd.DataFrame(
            [
                ("a", "2024-01-01T08:00", "2024-01-01T08:00", "email", "T-1", "inbound"),
                ("a", "2024-01-03T08:00", "2024-01-03T09:00", "email", "T-1", "outbound"),
                ("a", "2024-01-04T08:00", "2024-01-04T08:00", "email", "T-1", "outbound"),
                ("a", "2024-01-05T08:00", "2024-01-05T08:00", "email", "T-2", "inbound"),
            ],
            columns=["customer_id", "timestamp", "known_at", "kind", "case_id", "direction"],
        )
        return Rows(log_of_one(read_interactions(frame), np.array(["a"], dtype=object)), ("email",))

    def test_the_first_answer_moves_and_when_it_became_known_with_it(self, rows):
        cx.answered("T-1", within="2h").apply(rows)
        assert [str(row["timestamp"]) for row in rows.rows[:3]] == [
            "2024-01-01 08:00:00",
            "2024-01-01 10:00:00",
            "2024-01-04 08:00:00",
        ]
        assert str(rows.rows[1]["known_at"]) == "2024-01-01 11:00:00"

    def test_an_answer_that_came_sooner_stays(self, rows):
        cx.answered("T-1", within="90D").apply(rows)
        assert str(rows.rows[1]["timestamp"]) == "2024-01-03 08:00:00"

    def test_without_an_answer_there_is_none_to_move(self, rows):
        with pytest.raises(UsageError, match="the log does not tell how long 'T-2' waited"):
            cx.answered("T-2", within="2h").apply(rows)


class TestRefuses:
    @pytest.mark.parametrize(
        ("edit", "says"),
        [
            (cx.without("T-9999"), r"called 'T-9999'(.|\n)*a number of the account(.|\n)*keeps no event_id"),
            (cx.without(100_000), "called 100000"),
            (cx.without("2001-01-01"), "called '2001-01-01'"),
            (cx.edited(1, sentimnt=0.5), r"'sentimnt'(.|\n)*did you mean 'sentiment'"),
            (cx.edited(1, customer_id="x"), "no column 'customer_id' to be edited"),
            (cx.tone(1, 3.0), "sentiment is 3.0"),
            (cx.edited(1, wait_s=-1), "wait_s is -1"),
            (cx.edited(1, kind="shout"), "no interaction of the kind 'shout'"),
            (cx.called_back(1, after="1D", kind="cal"), "did you mean 'call'"),
            (cx.answered(1, within="5"), "within"),
            (cx.solved(1, within="1D"), "within= is for logs"),
            ("T-7", "an edit is 'T-7'"),
        ],
    )
    def test_edits_that_are_none(self, model, log, contact, edit, says):
        with pytest.raises(UsageError, match=says):
            what_if(model, log, contact["customer_id"], [edit], at=AT)

    def test_whom_the_log_does_not_know(self, model, log):
        with pytest.raises(MismatchError, match="no customer"):
            what_if(model, log, "nobody", [])


@pytest.mark.parametrize(
    ("edit", "typed"),
    [
        (cx.answered("T-7", within="5min"), "answered('T-7', within='5min')"),
        (cx.tone(3, 0.5), "tone(3, sentiment=0.5)"),
        (cx.not_passed_on("T-7"), "not_passed_on('T-7')"),
        (cx.edited("T-7", transfers=1, score=9), "edited('T-7', transfers=1, score=9)"),
        (cx.called_back(3, after="2h", score=9), "called_back(3, after='2h', kind='call', score=9)"),
        (cx.solved("T-7"), "solved('T-7')"),
        (cx.solved("T-7", within="1D"), "solved('T-7', within='1D')"),
        (cx.refunded("T-7", 20), "refunded('T-7', value=20, after='1D', kind='refund')"),
        (cx.added("visit", "2024-01-01", touchpoint="web"), "added('visit', at='2024-01-01', touchpoint='web')"),
        (cx.without({"touchpoint": "web"}), "without({'touchpoint': 'web'})"),
    ],
)
def test_edits_print_as_what_one_types(edit, typed):
    assert repr(edit) == typed
    assert repr(eval(typed, vars(cx))) == typed
    assert eval(typed, vars(cx)) == edit
