"""Who was exposed, who is beside them, and who is on neither side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.explanation.sayings._study import Study
from cxchurn.interactions import InteractionLog, Schema, known_before, read_interactions

AT = "2024-03-01"
NO = None
ROWS = [
    ("at once", "2024-02-01", "complaint", "M1", True, NO),
    ("in time", "2024-02-01", "complaint", "M2", False, NO),
    ("in time", "2024-02-06", "solved", "M2", True, NO),
    ("left open", "2024-02-05", "complaint", "M3", False, NO),
    ("undecided", "2024-02-26", "complaint", "M4", False, NO),
    ("never", "2024-02-10", "visit", NO, NO, NO),
    ("asked", "2024-02-12", "survey", NO, NO, NO),
    ("long ago", "2023-11-01", "complaint", "M5", False, NO),
    ("long ago", "2024-02-20", "visit", NO, NO, NO),
    # not known yet: what happens at the cut-off is the future
    ("never", "2024-03-01", "complaint", "M6", False, NO),
    ("at once", "2024-05-01", "visit", NO, NO, NO),
]


@pytest.fixture(scope="module")
def study() -> Study:
    frame = pd.DataFrame(ROWS, columns=["c", "t", "kind", "case", "resolved", "invited"])
    frame["resolved"] = frame["resolved"].astype("boolean")
    schema = Schema(customer_id="c", timestamp="t", kind="kind", case_id="case", resolved="resolved")
    log = read_interactions(frame, schema, observed_until="2024-06-01")
    return Study(cx.make_panel(log, cx.Inactivity("30D"), cutoffs=AT), "60D")


def named(study: Study, name: str) -> tuple[set[str], set[str]]:
    claim = next(one for one in cx.standard_claims() if one.name == name)
    exposed, beside, _ = claim.prepared(study).sides(study)
    return set(study.customers[exposed]), set(study.customers[beside])


def test_a_complaint_is_left_open_once_its_time_is_over(study: Study):
    exposed, beside = named(study, "complaint_open")
    assert exposed == {"left open"}
    assert beside == {"at once", "in time"}


def test_who_was_put_right_is_set_beside_who_never_complained(study: Study):
    exposed, beside = named(study, "recovery")
    assert exposed == {"at once", "in time"}
    assert beside == {"never", "asked", "long ago"}


def test_what_could_not_have_come_is_on_neither_side(study: Study):
    exposed, beside = named(study, "unsolved")
    assert exposed == {"in time", "left open", "undecided"}
    assert beside == {"at once"}


@pytest.mark.parametrize("name", [claim.name for claim in cx.standard_claims() if hasattr(claim, "exposed")])
def test_nothing_from_the_cutoff_on_changes_who_is_exposed(log: InteractionLog, name: str):
    at = np.datetime64("2024-06-10T12:00", "us")
    panel = cx.make_panel(log, cx.Inactivity("60D"), cutoffs=at)
    claim = next(one for one in cx.standard_claims() if one.name == name)
    whole, cut = (Study(replace(panel, log=one), "60D") for one in (log, known_before(log, at)))
    for first, second in zip(claim.prepared(whole).sides(whole), claim.prepared(cut).sides(cut), strict=True):
        np.testing.assert_array_equal(first, second)
