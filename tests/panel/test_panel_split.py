from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from cxchurn._core import UsageError
from cxchurn.panel import Inactivity, Panel, PanelSplit, make_panel
from cxchurn.panel._summary import summarise

from .panel_rows import at, iso_days, log_of

LOG = log_of([("a", 0, "visit"), ("b", 0, "visit"), ("b", 55, "visit")], until=100)
days = st.lists(st.integers(1, 60), min_size=1, max_size=25)
gaps = st.integers(0, 6)
horizons = st.integers(1, 20)


def panel_at(drawn: list[int], horizon: int, gap: int) -> Panel:
    frame = pd.DataFrame(
        {"customer_id": range(len(drawn)), "cutoff": [at(day) for day in drawn], "churned": np.int8(0)}
    )
    frame.insert(2, "group", [str(day) for day in drawn])
    definition = Inactivity(f"{horizon}D", gap=f"{gap}D")
    return Panel(frame, LOG, definition, summarise(frame, pd.Series(dtype=np.int64)))


@settings(max_examples=60, deadline=None)
@given(drawn=days, horizon=horizons, gap=gaps, first=st.integers(1, 60))
def test_no_training_label_reaches_the_first_test_cutoff(drawn, horizon, gap, first):
    panel = panel_at(drawn, horizon, gap)
    test_days = [day for day in drawn if day >= first]
    train_days = [day for day in drawn if test_days and day + gap + horizon <= min(test_days)]
    if not train_days:
        with pytest.raises(UsageError):
            panel.split(at(first))
        return
    train, test = panel.split(at(first))
    assert [at(day) for day in train_days] == train.cutoffs.tolist() == [at(day).item() for day in train_days]
    assert test.cutoffs.tolist() == [at(day).item() for day in test_days]
    assert (train.cutoffs + panel.definition.reach).max() <= test.cutoffs.min()
    assert train.purged == len(drawn) - len(train_days) - len(test_days)
    assert test.purged == 0
    assert set(train.summary["group"]) == set(train.frame["group"])


@settings(max_examples=60, deadline=None)
@given(drawn=days, horizon=horizons, gap=gaps, n=st.integers(1, 5))
def test_every_fold_looks_forward(drawn, horizon, gap, n):
    X = panel_at(drawn, horizon, gap).frame
    cv = PanelSplit(n, horizon=f"{horizon}D", gap=f"{gap}D")
    if cv.get_n_splits(X) == 0:
        # no label window ends at or before a later cut-off that begins a block
        firsts = [block[0] for block in np.array_split(np.unique(drawn), n + 1)[1:] if block.size]
        assert not any(min(drawn) + gap + horizon <= first for first in firsts)
        with pytest.raises(UsageError, match="no forward fold"):
            list(cv.split(X))
        return
    folds = list(cv.split(X))
    assert len(folds) == cv.get_n_splits(X) <= n == cv.get_n_splits()
    day = np.array(drawn)
    tested: set[int] = set()
    for train, test in folds:
        first = day[test].min()
        # all and only the rows that were finished by then
        assert train.tolist() == np.flatnonzero(day + gap + horizon <= first).tolist()
        assert train.size
        # all rows of a span of cut-offs, none tested before, later than those
        assert test.tolist() == np.flatnonzero((day >= first) & (day <= day[test].max())).tolist()
        assert not tested & set(test.tolist())
        assert not tested or first > day[list(tested)].max()
        tested |= set(test.tolist())


def test_cross_validation_in_scikit_learn():
    rows = [(customer, 0, "visit") for customer in range(20)] + [(customer, 35, "visit") for customer in range(7)]
    panel = make_panel(log_of(rows, until=60), Inactivity("10D"), cutoffs=iso_days(10, 20, 30, 40))
    cv = PanelSplit(3, horizon="10D")
    scores = cross_val_score(DummyClassifier(strategy="most_frequent"), panel.frame, panel.y, cv=cv)
    # everybody churns but the 7 who come back between day 30 and 40
    assert scores.tolist() == [1.0, 13 / 20, 1.0]
    search = GridSearchCV(DummyClassifier(), {"strategy": ["most_frequent", "prior"]}, cv=cv).fit(panel.frame, panel.y)
    assert search.n_splits_ == 3
    assert clone(search).cv == cv
    assert repr(cv) == "PanelSplit(n_splits=3, horizon='10D')"


@pytest.mark.parametrize(
    ("cv", "columns", "words"),
    [
        (PanelSplit(2, horizon="30D"), {}, ["no forward fold", "horizon (30D)"]),
        (PanelSplit(2, horizon=3), {}, ["horizon is 3, a bare int"]),
        (PanelSplit(2, horizon="3D", gap=1), {}, ["gap is 1, a bare int"]),
        (PanelSplit(0, horizon="3D"), {}, ["n_splits is 0"]),
        (PanelSplit(2, horizon="3D"), {"cutoff": "when"}, ["no column 'cutoff'", "panel.frame"]),
    ],
)
def test_splits_that_make_no_sense(cv, columns, words):
    frame = panel_at([1, 5, 9, 13], 3, 0).frame.rename(columns=columns)
    with pytest.raises(UsageError) as error:
        list(cv.split(frame))
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (at(14), ["test part would be empty", "up to 2024-01-14"]),
        (at(1), ["training part would be empty", "5D", "split later"]),
        (at(5), ["no row is finished by 2024-01-06"]),
        (13, ["at is 13, a bare number"]),
    ],
)
def test_splitting_where_nothing_is_left(when, words):
    with pytest.raises(UsageError) as error:
        panel_at([1, 5, 9, 13], 5, 0).split(when)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_taking_some_rows():
    panel = make_panel(LOG, Inactivity("10D"), cutoffs=iso_days(50, 60))
    # b is back on day 55
    assert panel.y.tolist() == [1, 0, 1, 1]
    for rows in (np.array([False, True, False, True]), np.array([1, 3]), [1, 3]):
        some = panel.take(rows)
        assert some.frame["customer_id"].tolist() == ["b", "b"]
        assert some.frame.index.tolist() == [0, 1]
        assert some.summary["churned"].tolist() == [0, 1]
    assert panel.take(np.array([0])).summary["group"].tolist() == ["2024-02-20"]
    assert len(panel.take(np.zeros(4, dtype=bool))) == 0
    assert repr(panel.take([])) == "Panel(0 rows, no cut-off)"


def test_a_second_split_counts_its_own_purged_rows():
    train, _ = panel_at([1, 2, 8, 14, 15, 20, 30], 5, 0).split(at(20))
    # of 1, 2, 8, 14 and 15, the last ends on day 20
    assert train.cutoffs.tolist() == [at(day).item() for day in (1, 2, 8, 14, 15)]
    assert train.purged == 0
    earlier, later = train.split(at(8 - 1))
    assert (earlier.purged, later.purged) == (0, 0)
    assert [part.purged for part in panel_at([1, 2, 8, 14, 15, 20], 8, 0).split(at(15))] == [2, 0]
