from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.history import Events, History, Measure

from .history_rows import T, quick

NOTHING = dict.fromkeys(("known_at", "promised_at", "direction", "score_type", "resolved", "score", "sentiment"))
ROWS = [
    {**NOTHING, "customer_id": 7, "timestamp": T + at, "kind": "visit", "touchpoint": touchpoint, "value": float(at)}
    for at, touchpoint in enumerate(["web", None, "app", "web", "Web"])
]


@dataclass(frozen=True)
class Half(Measure):
    """Half the value."""

    def compute(self, events: Events) -> np.ndarray:
        return events["value"] / 2


@dataclass(frozen=True)
class Quarter(Measure):
    """Half of half the value."""

    def compute(self, events: Events) -> np.ndarray:
        return events[Half()] / 2


def test_codes_tell_labels_apart():
    codes = Events(History(quick(ROWS, "integer"))).codes("touchpoint")
    assert (codes[:, None] == codes).tolist() == [
        [True, False, False, True, False],
        [False] * 5,
        [False, False, True, False, False],
        [True, False, False, True, False],
        [False, False, False, False, True],
    ]


def test_a_measure_of_a_measure():
    history = History(quick(ROWS, "integer"))
    assert Quarter().column(history).values.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert Half().column(history).values.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0], "what another measure reads is kept"
