"""The tasks ask about the customers they say, no more and no fewer."""

from __future__ import annotations

import pytest

from .tasks import TASKS


@pytest.mark.real
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_keeps_its_rows(task):
    if not task.present:
        pytest.skip("the real logs are not beside the repository")
    train, test = task.panels(task.log())
    assert (len(train), len(test)) == task.rows
