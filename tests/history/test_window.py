from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from cxchurn.history import History, Window, as_of

from ._oracle import DAY, between
from .history_questions import QUESTIONS
from .history_rows import MONTH, STRANGER, WEEK, T, customers, flat, kind_of_ids, read

CUTOFFS = (T, T - WEEK, T + 3 * DAY)
WINDOWS = {"life": (None, 0), "last 7D": (WEEK, 0), "last 30D": (MONTH, 0), "before 7D": (None, WEEK),
           "7D before the last": (2 * WEEK, WEEK)}  # fmt: skip


def windows(seen: Window) -> dict[str, Window]:
    return {
        "life": seen,
        "last 7D": seen.last("7D"),
        "last 30D": seen.last("30D"),
        "before 7D": seen.before("1W"),
        "7D before the last": seen.last("14D").before("7D"),
    }


@settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=customers())
def test_every_question_is_answered_as_a_plain_loop_answers_it(drawn):
    ids = kind_of_ids(drawn)
    log = read(flat(drawn))
    assert log.ids == ids
    asked = [(customer, at) for at in CUTOFFS for customer in (*drawn, STRANGER[ids])]
    who = np.array([customer for customer, _ in asked], dtype=object if ids == "text" else np.int64)
    seen = as_of(History(log), who, np.array([at for _, at in asked]).astype("datetime64[us]"))
    for window, view in windows(seen).items():
        begins, ends = WINDOWS[window]
        found = np.column_stack([ask(view) for ask, _ in QUESTIONS.values()])
        expected = [
            [answer(events, at) for _, answer in QUESTIONS.values()]
            for events, at in (
                (between(drawn.get(customer, []), None if begins is None else at - begins, at - ends), at)
                for customer, at in asked
            )
        ]
        right = np.isclose(found, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
        assert right.all(), (
            window,
            [name for name, good in zip(QUESTIONS, right.all(axis=0), strict=True) if not good],
        )
