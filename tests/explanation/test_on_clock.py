"""What is printed for people is on their clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxchurn.explanation import account, claims, explain, explain_customer
from cxchurn.interactions import describe, in_zone, read_interactions
from cxchurn.model import ChurnModel
from cxchurn.panel import make_panel, monthly


@pytest.fixture(scope="module")
def in_berlin(log):
    return in_zone(log, "Europe/Berlin")


def test_a_day_asked_for_is_the_day_that_is_said(model, in_berlin):
    # 5 November begins in Berlin at 23:00 UTC on the 4th
    found = explain_customer(model, in_berlin, "C-000042", at="2024-11-05")
    assert found.at == np.datetime64("2024-11-04T23:00")
    assert "2024-11-05" in str(found)
    assert "2024-11-04" not in str(found)


def test_interactions_of_an_account_have_their_hour(model, log, in_berlin):
    here, there = (account(model, one, "C-000042", at="2024-11-05T12:00") for one in (log, in_berlin))
    last = here.table["known_at"].iloc[-1]
    assert str(last)[:16] in str(here)
    ahead = last.tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)
    assert str(ahead)[:16] in str(there)


def test_claims_name_the_days_of_their_cutoffs(in_berlin, churn):
    said = " ".join(str(claims(in_berlin, churn)).split())
    # the firsts of months, not the last evenings before them
    assert "14 cut-offs, 2023-09-01 to 2024-10-01" in said


def test_an_explanation_says_the_days_of_its_cutoffs(churn, in_berlin, classifier):
    panel = make_panel(in_berlin, churn, cutoffs=monthly("2024-02-01", "2024-08-01"))
    assert panel.cutoffs.min() == np.datetime64("2024-01-31T23:00")
    there = ChurnModel(churn, features="small", classifier=classifier, folds=1).fit(panel)
    assert explain(there, panel).days == ("2024-02-01", "2024-08-01")


def test_a_description_heads_its_zone_and_has_its_days(company, company_schema):
    late = company.interactions.assign(
        timestamp=lambda rows: rows["timestamp"].dt.floor("D") + pd.Timedelta("23h30min")
    )
    log = in_zone(read_interactions(late, replace(company_schema, known_at=None, later=())), "Europe/Berlin")
    found = describe(log)
    first = late["timestamp"].min() + pd.Timedelta("1D")
    said = " ".join(str(found).split())
    assert f"{first:%Y-%m-%d} .. " in said
    assert "(Europe/Berlin)" in said
