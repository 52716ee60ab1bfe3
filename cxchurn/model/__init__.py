"""Models: LightGBM on features of the past, probabilities that mean what they say, plain files."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.model._language import in_language, language_file
from cxchurn.model.calibration._affine import Affine
from cxchurn.model.calibration._bands import Bands
from cxchurn.model.files._load_fitted import load_fitted
from cxchurn.model.fitted._fitted import FittedModel, probability_of_raw
from cxchurn.model.fitted._versions import versions

if TYPE_CHECKING:
    from cxchurn.model._churn_model import ChurnModel
    from cxchurn.model._curve import ChurnCurve
    from cxchurn.model._load import load_curve, load_model
    from cxchurn.model._references import as_each_night, with_references
    from cxchurn.model.boosting._classifier import ChurnClassifier
    from cxchurn.model.fitted._training_log import TrainingLog
    from cxchurn.model.fitting._belief import TOO_GOOD, auc_alone, still_here, without_leavers
    from cxchurn.model.fitting._folds import find_folds
    from cxchurn.model.fitting._tuning import Tuning

# these bring scikit-learn and LightGBM
_LEARNING = {
    "fitting._belief": ("TOO_GOOD", "auc_alone", "still_here", "without_leavers"),
    "_churn_model": ("ChurnModel",),
    "boosting._classifier": ("ChurnClassifier",),
    "_curve": ("ChurnCurve",),
    "fitting._folds": ("find_folds",),
    "_load": ("load_curve", "load_model"),
    "_references": ("as_each_night", "with_references"),
    "fitted._training_log": ("TrainingLog",),
    "fitting._tuning": ("Tuning",),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _LEARNING.items() for name in names})

__all__ = [
    "TOO_GOOD",
    "Affine",
    "Bands",
    "ChurnClassifier",
    "ChurnCurve",
    "ChurnModel",
    "FittedModel",
    "TrainingLog",
    "Tuning",
    "as_each_night",
    "auc_alone",
    "find_folds",
    "in_language",
    "language_file",
    "load_curve",
    "load_fitted",
    "load_model",
    "probability_of_raw",
    "still_here",
    "versions",
    "with_references",
    "without_leavers",
]
