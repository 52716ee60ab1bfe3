"""No family knows the future, on any real log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cxchurn as cx
from cxchurn.features import every_family

from .tasks import TASKS

TASK_OF = {task.sources: task for task in TASKS}  # one task a log
CUSTOMERS = 300


@pytest.mark.real
@pytest.mark.parametrize("task", TASK_OF.values(), ids=lambda task: Path(task.sources[0][0]).parent.name)
def test_every_family_is_free_of_leaks(task):
    if not task.present:
        pytest.skip("the real logs are not beside the repository")
    log, churn = task.log(), task.churn
    # at the last cut-off a model would be trained on, and in the middle of the day at which it is tested first
    cutoffs = [
        np.datetime64(task.train[-1], "us"),
        np.datetime64(task.test[0], "us") + np.timedelta64(13 * 60 + 37, "m"),
    ]
    builders = every_family(log, churn.horizon)
    table = cx.check_no_leak(builders, log, cutoffs=cutoffs, customers=CUSTOMERS, churn=churn)
    assert (table["rows"] == CUSTOMERS).all()
    assert (table["columns"] > 100).all()
    assert (table["future_events"] > 1000).all()
