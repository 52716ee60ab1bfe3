"""How interactions turned out, by what came of their case."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.explanation import touchpoints
from cxchurn.explanation.ledger._outcome import outcomes
from cxchurn.interactions import read_interactions

SINCE, UNTIL = "2024-09-15", "2024-11-20"
NONE = np.nan

_events = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["a", "b", None]),
        st.sampled_from([NONE, NONE, -0.5, 0.5]),
        st.sampled_from([NONE, -1.0, 1.0]),
        st.sampled_from(["inbound", "outbound", None]),
    ),
    max_size=12,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def frame(rows: list[tuple]) -> pd.DataFrame:
    columns = {"row": np.int64, "case_id": object, "ended": np.float64, "of_kind": np.float64, "direction": object}
    events = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    return events.assign(valence=events["ended"].fillna(events["of_kind"]))


@given(_events)
def test_the_first_that_tells_from_an_interaction_on_in_its_case_tells_it(rows):
    expected = []
    for place, (who, case, ended, of_kind, direction) in enumerate(rows):
        same = [e for w, c, e, *_ in rows[place + 1 :] if (w, c) == (who, case) and case is not None]
        # what the company did of its own accord is what its kind says, and that is no outcome
        later = [] if direction == "outbound" and of_kind == of_kind else same
        expected.append(next((e for e in (ended, *later) if e == e), NONE))
    np.testing.assert_array_equal(outcomes(frame(rows)), np.array(expected, dtype=float))


def test_by_hand():
    told = outcomes(
        frame(
            [
                (0, "a", NONE, NONE, "inbound"),  # opened: its answer did not settle it
                (0, "a", -0.5, NONE, "outbound"),
                (0, "a", NONE, -1.0, "inbound"),  # complained of it, and that was put right
                (0, "a", NONE, -0.5, "outbound"),  # a refund is what its kind says, however the matter ended
                (0, "a", 0.5, NONE, "outbound"),
                (0, None, NONE, -1.0, "inbound"),  # a complaint of which nothing more is known
                (1, "a", NONE, NONE, "inbound"),  # another customer's case of the same name
            ]
        )
    )
    np.testing.assert_array_equal(told, [-0.5, -0.5, 0.5, NONE, 0.5, NONE, NONE])


@pytest.fixture(scope="module")
def apart(company, company_schema):
    """The company's log with every answer as a row of its own, which alone says how it ended."""
    rows = company.interactions
    asked = rows["kind"].isin(["call", "chat", "email", "complaint"]) & rows["case_id"].notna()
    answers = rows[asked].assign(kind="answer", direction="outbound")
    answers["timestamp"] += pd.Timedelta("1s")
    answers["known_at"] = answers[["timestamp", "known_at"]].max(axis=1) + pd.Timedelta("1s")
    empty = rows.copy()
    empty.loc[asked, "sentiment"] = np.nan
    empty.loc[asked, "resolved"] = None
    whole = pd.concat([empty, answers], ignore_index=True)
    return read_interactions(whole, company_schema, customers=company.customers)


def test_contacts_go_as_their_answers_do_where_these_are_rows_of_their_own(model, apart):
    found = touchpoints(model, apart, since=SINCE, until=UNTIL)
    rows = found.interactions
    calls = rows[(rows["kind"] == "call") & rows["case_id"].notna()]
    assert len(calls) > 50
    assert calls["valence"].isna().all()
    assert calls["outcome"].notna().mean() > 0.95  # of the others the answer came after the end
    table = found.by("kind").set_index("kind")
    assert table.loc["call", "went_well"] == pytest.approx(table.loc["answer", "went_well"], abs=0.2)
    assert 0 < table.loc["call", "went_well"] < 1
    assert np.isfinite(table.loc["call", "experience_well"])


def test_where_nothing_tells_there_is_no_column_of_what_went_well(model, company, company_schema):
    rows = company.interactions.assign(sentiment=np.nan, score=np.nan, score_type=None, resolved=None, case_id=None)
    calm = rows[~rows["kind"].isin(["referral", "compliment"])]
    log = read_interactions(calm, company_schema, customers=company.customers)
    found = touchpoints(model, log, since=SINCE, until=UNTIL, sample=60)
    text = str(found)
    assert " well" not in text.splitlines()[2]
    assert "exper., pres.: points" in text
    assert "No interaction tells that it went well" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert ">that went well<" not in found._repr_html_()
    told = str(touchpoints(model, log, since=SINCE, until=UNTIL, sample=60, value=_worth(company)))
    head = told.splitlines()[2].split()
    assert head[-6:] == ["interactions", "exper.", "pres.", "heads", "95%", "money"]
    assert max(map(len, told.splitlines())) <= 80


def _worth(company) -> pd.Series:
    ids = company.interactions["customer_id"].unique()
    return pd.Series(100.0, index=ids)
