"""Models: LightGBM on features of the past, probabilities that mean what they say, plain files."""

from cxchurn.model._bands import Bands
from cxchurn.model._belief import TOO_GOOD, auc_alone, still_here, without_leavers
from cxchurn.model._calibration import Affine
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model._classifier import ChurnClassifier
from cxchurn.model._curve import ChurnCurve
from cxchurn.model._load import load_curve, load_model
from cxchurn.model._references import as_each_night, with_references
from cxchurn.model._save import versions
from cxchurn.model._tuning import Tuning

__all__ = [
    "TOO_GOOD",
    "Affine",
    "Bands",
    "ChurnClassifier",
    "ChurnCurve",
    "ChurnModel",
    "Tuning",
    "as_each_night",
    "auc_alone",
    "load_curve",
    "load_model",
    "still_here",
    "versions",
    "with_references",
    "without_leavers",
]
