from __future__ import annotations

import pytest

from cxchurn.features import Valence
from cxchurn.history import history_of

# sentiment before score before resolved before kind
CASES = [
    ({"sentiment": -0.3, "score": 10.0, "score_type": "nps", "resolved": True, "kind": "complaint"}, -0.3),
    ({"score": 10.0, "score_type": "nps", "resolved": False, "kind": "complaint"}, 1.0),
    ({"score": 0.0, "score_type": "nps"}, -1.0),
    ({"score": 5.0, "score_type": "csat"}, 1.0),
    ({"score": 2.0, "score_type": "csat"}, -0.5),
    ({"score": 7.0, "score_type": "ces"}, 1.0),
    ({"score": 4.0, "score_type": "ces"}, 0.0),
    ({"resolved": True, "kind": "complaint"}, 0.5),
    ({"resolved": False}, -0.5),
    ({"kind": "complaint"}, -1.0),
    ({"kind": "referral"}, 1.0),
    ({"kind": "return"}, -0.5),
    ({"kind": "visit"}, float("nan")),
]


def test_how_an_interaction_felt(log_of):
    empty = {"sentiment": None, "score": None, "score_type": None, "resolved": None}
    events = [{"ago": len(CASES) - place, **empty, **given} for place, (given, _) in enumerate(CASES)]
    felt = Valence().column(history_of(log_of(events))).values
    assert felt.tolist() == pytest.approx([expected for _, expected in CASES], nan_ok=True)


def test_own_kinds_and_weights(log_of):
    log = log_of([{"ago": 2, "kind": "visit", "resolved": None}, {"ago": 1, "kind": "call", "resolved": False}])
    felt = Valence(kinds=(("visit", 0.25),), resolved=1.0).column(history_of(log)).values
    assert felt.tolist() == [0.25, -1.0]


def test_good_and_bad_parts(log_of):
    log = log_of([{"ago": 3, "sentiment": 0.4}, {"ago": 2, "sentiment": -0.6}, {"ago": 1, "sentiment": 0.0}])
    good, bad = (Valence().part(sign).column(history_of(log)).values.tolist() for sign in (1, -1))
    nan = float("nan")
    assert good == pytest.approx([0.4, nan, nan], nan_ok=True)
    assert bad == pytest.approx([nan, -0.6, nan], nan_ok=True)
    assert Valence() == Valence()
    assert hash(Valence()) == hash(Valence())
