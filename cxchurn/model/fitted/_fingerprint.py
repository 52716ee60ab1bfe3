"""What tells one trained model from another."""

from __future__ import annotations

import hashlib
import json

from cxchurn.features import learned_to_plain
from cxchurn.model.blend._blend import blend_to_plain
from cxchurn.model.fitted._trained import TrainedModel


def fingerprint(model: TrainedModel) -> str:
    """Return a checksum of all that a model's scores are made of: 12 hexadecimal digits."""
    parts = (
        repr(model.features_.builders_)
        + json.dumps(learned_to_plain(model.features_), sort_keys=True)
        + repr(model.calibration_)
        + repr(model.churn_)
        + json.dumps(blend_to_plain(model.blend_))
    )
    # the text ends with LightGBM's settings: the number of threads is no part of the model
    trees = "".join(one.partition("\nparameters:")[0] for one in model.classifier_.trees_)
    return hashlib.sha256((parts + trees).encode()).hexdigest()[:12]
