"""A kind that a churn definition names and the log does not have: the error says which is meant, and how that is written."""

from __future__ import annotations

import pytest

from cxchurn._core import UsageError, said_in_files
from cxchurn.panel import Cancellation, Inactivity, make_panel

from .panel_rows import log_of

ROWS = [("a", 1, "visit"), ("b", 2, "visit"), ("b", 9, "subscription_cancelled")]


@pytest.mark.parametrize(
    ("churn", "python", "toml"),
    [
        (
            Cancellation(horizon="5D"),
            "write kind='subscription_cancelled'",
            'write kind = "subscription_cancelled" under [churn]',
        ),
        (
            Inactivity("5D", ended_by=("churned",)),
            "write ended_by=('subscription_cancelled',)",
            'write ended_by = ["subscription_cancelled"] under [churn]',
        ),
        # no word for leaving is near it
        (
            Cancellation(horizon="5D", kind="goodbye"),
            "name the kind that ends a contract here: kind='...'",
            'kind = "..." under [churn]',
        ),
        (Inactivity("5D", kinds=("visits",)), "did you mean 'visit'?", "did you mean 'visit'?"),
    ],
)
def test_a_kind_that_never_occurs_is_said_with_the_one_that_does(churn, python, toml):
    log = log_of(ROWS, 30)
    for in_files, hint in ((False, python), (True, toml)):
        with said_in_files(in_files), pytest.raises(UsageError) as error:
            make_panel(log, churn, cutoffs="2024-01-05")
        assert hint in str(error.value)
