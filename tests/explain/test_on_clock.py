"""What is printed for people is on their clock."""

from __future__ import annotations

import numpy as np
import pytest

from cxchurn.explain import account, claims, explain_customer
from cxchurn.interactions import in_zone


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
