"""Which corrections may be asked for, and that a saved model with one that is gone is refused in words."""

from __future__ import annotations

import pytest

from cxchurn._core import MismatchError, UsageError
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.model.files._load_fitted import calibration_of


@pytest.mark.parametrize("asked", ["steps", "isotonic"])
def test_an_unknown_correction(train, classifier, asked):
    with pytest.raises(UsageError, match=f"calibration is '{asked}'") as error:
        ChurnModel(train.definition, classifier=classifier, calibration=asked).fit(train)
    assert "'affine', None" in str(error.value)


def test_none_leaves_the_blend_alone(train):
    trees = ChurnClassifier(n_estimators=5)
    model = ChurnModel(train.definition, classifier=trees, calibration=None, folds=2).fit(train)
    assert (model.calibration_.slope, model.calibration_.shift) == (1.0, 0.0)
    assert "probabilities not corrected, as asked" in model.notes_


def test_a_saved_model_corrected_by_steps_is_refused():
    assert calibration_of({"slope": 0.9, "shift": 0.1}).slope == 0.9
    with pytest.raises(MismatchError, match="corrected by steps") as error:
        calibration_of({"raw": [-1.0, 1.0], "odds": [-0.5, 0.5]})
    assert "calibration='affine'" in str(error.value)
