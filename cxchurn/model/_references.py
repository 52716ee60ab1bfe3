"""Which tables about customers in general a model compares with: its own, newer ones, or those of each night."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from cxchurn.features import FeatureSet, References, nightly
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model._curve import ChurnCurve
from cxchurn.panel import Panel
from cxchurn.words import Phrase


def with_references(model: ChurnModel, references: References | None) -> ChurnModel:
    """Return the same model, version and all, with newer tables about customers in general.

    Parameters
    ----------
    model : ChurnModel
        Fitted; it stays as it is.
    references : References or None
        From `refresh`, made with this model or one of the same churn definition, builders and labels. None: its own serve.

    Raises
    ------
    MismatchError
        Where the tables were made for another model.
    """
    if references is None:
        return model
    return _over(model, model.features_.with_log(model.features_.log, references=references))


def as_each_night(model: Any, panel: Panel) -> tuple[Any, str | None]:
    """Return the model as a nightly batch over everybody would have used it at each cut-off of a panel, and a note on that.

    Where the panel has another log than the model learned from, with far fewer customers, the model's own tables serve, and the
    note says so.
    What is no model of ours, or compares nobody, comes back as it is, without a note.
    """
    if isinstance(model, ChurnCurve):
        models, notes = zip(*(as_each_night(one, panel) for one in model.models_), strict=True)
        other = copy.copy(model)
        other.models_ = list(models)
        return other, notes[0]
    if not isinstance(model, ChurnModel) or not model.features_.references_.tables:
        return model, None
    made = nightly(model.features_, panel.log, np.unique(panel.cutoffs))
    few = made.fewer_than(model.features_.references_)
    if few and panel.log is not model.features_.log:
        return model, Phrase("evaluation", "own_tables", few=few)
    return with_references(model, made), Phrase("evaluation", "each_night")


def _over(model: ChurnModel, features: FeatureSet) -> ChurnModel:
    other = copy.copy(model)
    other.features_ = features
    return other
