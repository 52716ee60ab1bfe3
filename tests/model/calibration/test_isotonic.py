"""The stepwise correction: never turns the order round, learns a known distortion, and contributions still add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.model import ChurnModel, load_model
from cxchurn.model.calibration._isotonic import Isotonic, fit_isotonic


def bent(rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores twice as far from the middle as they should be, and outcomes by the true log-odds."""
    rng = np.random.default_rng(3)
    true = rng.normal(-1, 1, rows)
    return 2 * true, (rng.random(rows) < 1 / (1 + np.exp(-true))).astype(float)


def test_it_learns_a_known_distortion():
    raw, y = bent()
    corrected = fit_isotonic(raw, y)(np.array([-4.0, -2.0, 0.0]))
    np.testing.assert_allclose(corrected, [-2.0, -1.0, 0.0], atol=0.25)


def test_it_keeps_the_order():
    raw, y = bent()
    scores = np.linspace(-12, 8, 500)
    assert (np.diff(fit_isotonic(raw, y)(scores)) >= 0).all()


def test_it_never_says_never():
    raw = np.arange(3000.0)
    steps = fit_isotonic(raw, (raw > 1500).astype(float))
    # half a row of 3,000 away from 0 and from 1: log(2999.5... / 0.5)
    np.testing.assert_allclose(steps(np.array([-1.0, 9999.0])), [-np.log(5999), np.log(5999)], atol=1e-5)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=5), st.floats(-2, 2))
def test_contributions_sum_to_the_corrected_score(parts, base):
    steps = Isotonic((-3.0, -1.0, 0.5, 4.0), (-2.0, -2.0, 0.0, 1.5))
    row = np.array([[*parts, base]])
    shared = steps.contributions(row)
    away = sum(parts)
    if abs(away) > 1e-6:
        np.testing.assert_allclose(shared.sum(), steps(np.array([base + away]))[0], atol=1e-9)
    assert (shared[0, :-1] * np.array(parts) >= 0).all()


def test_few_rows_are_refused_in_words():
    with pytest.raises(DataError, match="1,999 forward predictions") as error:
        fit_isotonic(np.arange(1999.0), np.arange(1999) % 2)
    assert "calibration='affine'" in str(error.value)


def test_an_unknown_correction(train, classifier):
    with pytest.raises(UsageError, match="calibration is 'steps'"):
        ChurnModel(train.definition, classifier=classifier, calibration="steps").fit(train)


def test_none_leaves_the_blend_alone(train, classifier):
    model = ChurnModel(train.definition, classifier=classifier, calibration=None).fit(train)
    assert (model.calibration_.slope, model.calibration_.shift) == (1.0, 0.0)
    assert "probabilities not corrected, as asked" in model.notes_


def test_a_model_with_steps(train, test, classifier, monkeypatch, tmp_path):
    monkeypatch.setattr("cxchurn.model.calibration._isotonic._ENOUGH", 100)
    model = ChurnModel(train.definition, classifier=classifier, calibration="isotonic").fit(train)
    features = model.features_of(test)
    np.testing.assert_allclose(model.contributions(features).sum(axis=1), model.raw_score(test), atol=1e-9)
    again = load_model(model.save(tmp_path / "m"))
    np.testing.assert_array_equal(again.predict_proba(test), model.predict_proba(test))
    assert again.calibration == "isotonic"
