"""The ledger of many customers: it is the sum of their accounts, and its intervals are those of the formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxchurn as cx
from cxchurn._core import DataError, UsageError
from cxchurn.explanation import account, contacts_words, touchpoints
from cxchurn.explanation.ledger._sums import Grouped, interval

SINCE, UNTIL = "2024-09-15", "2024-11-20"
WHO = ["C-000003", "C-000017", "C-000042", "C-000044", "C-000101", "C-000230"]


@pytest.fixture(scope="module")
def ledger(model, log):
    return touchpoints(model, log, since=SINCE, until=UNTIL)


class TestSums:
    def test_are_those_of_the_accounts(self, model, log):
        found = touchpoints(model, log, since=SINCE, until=UNTIL, customers=WHO)
        rows, sums = [], []
        for who in WHO:
            one = account(model, log, who, since=SINCE, at=UNTIL)
            rows.append(one.table[one.table["not_asked"] == ""])
            sums.append(one.totals.set_index("part"))
        together = pd.concat(rows, ignore_index=True)
        shared = [name for name in found.interactions if name in together]
        pd.testing.assert_frame_equal(found.interactions[shared], together[shared], check_exact=True)
        totals = found.totals.set_index("part")
        pd.testing.assert_frame_equal(totals, sum(sums[1:], sums[0]), check_exact=False, rtol=0, atol=1e-9)

    def test_add_up(self, ledger):
        totals = ledger.totals.set_index("part")
        np.testing.assert_allclose(totals.drop("whole").sum(), totals.loc["whole"], rtol=0, atol=1e-7)
        for by in (("touchpoint",), ("kind", "month"), ("direction",), ("touchpoint", "kind")):
            table = ledger.by(*by)
            assert table["contacts"].sum() == len(ledger)
            for part, name in (("experience", "heads"), ("presence", "heads_presence"), ("other", "heads_other")):
                assert table[name].sum() == pytest.approx(totals.loc[part, "points"] / 100, abs=1e-9)
        whole = ledger.interactions
        assert (whole["after"] - whole["before"]).notna().all()

    def test_do_not_depend_on_parts_on_disk(self, company, company_schema, model, ledger):
        apart = cx.read_interactions(
            company.interactions, company_schema, customers=company.customers, memory_limit="20MB"
        )
        found = touchpoints(model, apart, since=SINCE, until=UNTIL)
        order = ["customer_id", "number"]
        pd.testing.assert_frame_equal(
            found.interactions.sort_values(order, ignore_index=True),
            ledger.interactions.sort_values(order, ignore_index=True),
            check_exact=True,
        )

    def test_count_what_is_left_out(self, ledger, log):
        place = log.events["known_at"].to_numpy()
        many = int(((place >= np.datetime64(SINCE)) & (place < np.datetime64(UNTIL))).sum())
        assert len(ledger) + sum(ledger.left_out.values()) == many
        assert ledger.left_out["new"] > 0
        assert any("left out" in note for note in ledger.notes)

    def test_say_that_the_model_has_not_seen_such_instants(self, ledger, log, churn, classifier):
        assert ledger.notes[0].startswith("the model learned from calendar cut-offs alone")
        both = cx.make_panel(
            log,
            churn,
            cutoffs=[
                cx.monthly("2024-01-01", "2024-04-01"),
                cx.after_interactions("2024-01-01", "2024-04-01", share=0.1),
            ],
        )
        other = cx.ChurnModel(churn, features=cx.small(log), classifier=classifier, folds=2).fit(both)
        found = touchpoints(other, log, since=SINCE, until=UNTIL, sample=20)
        assert not any("calendar" in note for note in found.notes)


def test_since_is_90_days_unless_given(model, log):
    found = touchpoints(model, log, until=UNTIL, customers=WHO)
    assert (found.since, found.until) == (np.datetime64("2024-08-22"), np.datetime64(UNTIL))
    assert any("last 90 days" in note for note in found.notes)
    same = touchpoints(model, log, since="2024-08-22", until=UNTIL, customers=WHO)
    pd.testing.assert_frame_equal(found.interactions, same.interactions)
    assert not any("90 days" in note for note in same.notes)


class TestTable:
    def test_means_and_heads(self, ledger):
        rows = ledger.interactions
        table = ledger.by("touchpoint").set_index("touchpoint")
        phone = rows[rows["touchpoint"] == "phone"]
        line = table.loc["phone"]
        assert line["contacts"] == len(phone) > 50
        assert line["customers"] == phone["customer_id"].nunique()
        assert line["experience"] == pytest.approx(phone["experience_points"].mean())
        assert line["heads"] == pytest.approx(phone["experience_points"].sum() / 100)
        ended = phone["outcome"].dropna()
        assert line["went_well"] == pytest.approx((ended > 0).mean())
        assert table["heads"].is_monotonic_decreasing

    def test_contacts_of_the_same_kind_that_went_well(self, ledger):
        rows = ledger.interactions
        # the company's own contacts are set beside their like alone
        like = pd.MultiIndex.from_frame(rows[["kind", "direction"]])
        means = rows[rows["outcome"] > 0].groupby(["kind", "direction"])["experience_points"].mean()
        well = pd.Series(like.map(means), index=rows.index)
        table = ledger.by("touchpoint").set_index("touchpoint")
        chat = rows[rows["touchpoint"] == "chat"]
        expected = well[chat.index].mean()
        assert table.loc["chat", "experience_well"] == pytest.approx(expected)
        over = (chat["experience_points"] - well[chat.index]).sum() / 100
        assert table.loc["chat", "heads_over_well"] == pytest.approx(over)
        resolved = ledger.by("kind").set_index("kind").loc["delivery"]
        assert np.isnan([resolved["experience_well"], resolved["heads_over_well"]]).all()

    def test_what_customers_came_with_is_apart_from_what_the_company_did(self, ledger):
        calls = ledger.table.query("kind == 'call' and touchpoint == 'phone'").set_index("direction")
        assert set(calls.index) == {"inbound", "outbound"}
        assert (calls["contacts"] > 20).all()
        # nobody knows how the company's own calls went
        assert np.isnan(calls.loc["outbound", ["went_well", "experience_well"]].astype(float)).all()
        assert not np.isnan(calls.loc["inbound", "experience_well"])
        pd.testing.assert_frame_equal(ledger.table, ledger.by("touchpoint", "kind", "direction"))

    def test_months_stand_in_their_order(self, ledger):
        assert ledger.by("month")["month"].tolist() == ["2024-09", "2024-10", "2024-11"]
        table = ledger.by("kind", "month")
        assert table["month"].is_monotonic_increasing
        assert all(part["heads"].is_monotonic_decreasing for _, part in table.groupby("month"))

    def test_agents_need_a_floor_of_customers(self, ledger, caplog):
        few = ledger.by("agent_id", least_customers=1)
        told = ledger.by("agent_id")
        assert (told["customers"] >= 20).all()
        assert len(told) == (few["customers"] >= 20).sum() < len(few)

    def test_money(self, model, log, ledger):
        worth = {who: float(k) for k, who in enumerate(sorted(set(log.events["customer_id"].to_pylist())))}
        some = dict(list(worth.items())[10:])
        found = touchpoints(model, log, since=SINCE, until=UNTIL, value=some)
        rows = found.interactions
        expected = (rows["experience_points"] / 100 * rows["customer_id"].map(some)).groupby(rows["kind"]).sum()
        table = found.by("kind").set_index("kind")
        np.testing.assert_allclose(table["money"], expected[table.index], rtol=0, atol=1e-9)
        assert any("no value is known" in note for note in found.notes)
        by_name = touchpoints(model, log, since=SINCE, until=UNTIL, value="household")
        assert by_name.by("kind")["money"].abs().sum() > 0
        assert "money" not in ledger.by("kind")

    def test_a_sample_is_drawn_and_said(self, model, log):
        drawn = touchpoints(model, log, since=SINCE, until=UNTIL, sample=40)
        again = touchpoints(model, log, since=SINCE, until=UNTIL, sample=40)
        other = touchpoints(model, log, since=SINCE, until=UNTIL, sample=40, random_state=1)
        assert drawn.interactions["customer_id"].nunique() <= 40
        pd.testing.assert_frame_equal(drawn.interactions, again.interactions, check_exact=True)
        assert set(drawn.interactions["customer_id"]) != set(other.interactions["customer_id"])
        assert any(note.startswith("40 of") for note in drawn.notes)

    def test_prints_within_80_columns(self, ledger, model, log):
        priced = touchpoints(model, log, since=SINCE, until=UNTIL, value="household")
        for one in (ledger, priced):
            assert max(map(len, repr(one).splitlines())) <= 80
        assert "Association, not effect" in " ".join(repr(ledger).split())

    def test_long_names_are_whole_and_stand_apart(self, ledger):
        rows = ledger.interactions
        long = replace(ledger, interactions=rows.assign(kind="ticket opened once again by " + rows["kind"].astype(str)))
        lines = repr(long).splitlines()
        assert max(map(len, lines)) <= 80
        names = [name for name in contacts_words(long.table) if name in lines]
        half = 6  # so many of the costliest and of the best are shown
        assert names == [
            name
            for place, name in enumerate(contacts_words(long.table))
            if min(place, len(long.table) - 1 - place) < half
        ]


class TestRefuses:
    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"since": "2024-11-25", "until": "2024-11-20"}, "is not before until"),
            ({"since": SINCE, "until": "2031-01-01"}, "lies outside the log"),
            ({"since": SINCE, "sample": 0}, "sample is 0"),
        ],
    )
    def test_spans_and_samples(self, model, log, options, says):
        with pytest.raises(UsageError, match=says):
            touchpoints(model, log, **options)

    def test_a_span_in_which_nobody_is_asked_about(self, model, log):
        with pytest.raises(DataError, match="nobody is asked about"):
            touchpoints(model, log, since="2023-06-01", until="2023-07-01T10:58:00", customers=["C-000001"])

    @pytest.mark.parametrize(
        ("by", "says"),
        [(("touchpont",), "did you mean 'touchpoint'"), ((), "nothing"), (("kind", "kind"), "each once")],
    )
    def test_groups(self, ledger, by, says):
        with pytest.raises(UsageError, match=says):
            ledger.by(*by)


class TestIntervals:
    @settings(max_examples=60, deadline=None)
    @given(
        rows=st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc"), st.floats(-9, 9)), min_size=1, max_size=30),
        silent=st.integers(0, 4),
    )
    def test_are_those_of_sums_of_customers(self, rows, silent):
        frame = pd.DataFrame(rows, columns=["who", "group", "value"])
        many = int(frame["who"].max()) + 1 + silent
        grouped = Grouped(frame[["group"]], frame["who"].to_numpy(), many)
        values = frame["value"].to_numpy()
        for place, name in enumerate(grouped.labels["group"]):
            own = np.array(
                [frame.loc[(frame["who"] == who) & (frame["group"] == name), "value"].sum() for who in range(many)]
            )
            count = np.array([((frame["who"] == who) & (frame["group"] == name)).sum() for who in range(many)])
            assert grouped.total(values)[place] == pytest.approx(own.sum())
            assert grouped.customers[place] == (count > 0).sum()
            if many < 2:
                assert np.isnan(grouped.error_of_total(values)[place])
                continue
            assert grouped.error_of_total(values)[place] == pytest.approx(np.sqrt(many) * own.std(ddof=1), abs=1e-6)
            left = own - own.sum() / count.sum() * count
            expected = np.sqrt(many) * left.std(ddof=1) / count.sum()
            assert grouped.error_of_mean(values)[place] == pytest.approx(expected, abs=1e-6)

    def test_cover_what_is_true(self):
        """Of 400 draws of customers whose sums are known, 95 % of the intervals hold the expected total."""
        rng, held = np.random.default_rng(0), 0
        for _ in range(400):
            who = np.repeat(np.arange(80), rng.poisson(3, 80))
            values = rng.normal(0.5, 1, 80)[who] + rng.normal(0, 1, who.size)
            grouped = Grouped(pd.DataFrame({"g": np.zeros(who.size)}), who, 80)
            low, high = interval(grouped.total(values), grouped.error_of_total(values))
            held += int(low[0] <= 80 * 3 * 0.5 <= high[0])
        assert 0.92 <= held / 400 <= 0.98


class TestContactsWords:
    """Two kinds of contact never read alike."""

    LABELS = ("(none)", "chat", "phone", "kiosk")

    def test_counted_by_hand(self):
        rows = [("chat", "chat"), ("(none)", "chat"), ("(none)", "refund"), ("phone", "chat"), ("kiosk", "kiosk")]
        table = pd.DataFrame(rows, columns=["touchpoint", "kind"])
        assert contacts_words(table) == ["chat", "chat, (none)", "refund", "chat, phone", "kiosk"]
        assert contacts_words(table[1:]) == ["chat", "refund", "chat, phone", "kiosk"]
        assert contacts_words(table[["touchpoint"]][:2]) == ["chat", "(none)"]
        assert contacts_words(table[:0]) == []
        sides = table.assign(direction=["inbound", "inbound", "outbound", "inbound", "(none)"])
        assert contacts_words(sides) == ["chat, inbound", "chat, (none), inbound", "refund", "chat, phone", "kiosk"]
        assert contacts_words(sides[["direction"]]) == sides["direction"].tolist()

    @given(
        st.sets(
            st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS[1:]), st.sampled_from(["inbound", "(none)"])),
            min_size=1,
        )
    )
    def test_rows_that_differ_read_differently(self, rows):
        names = contacts_words(pd.DataFrame(sorted(rows), columns=["touchpoint", "kind", "direction"]))
        assert len(set(names)) == len(rows)
