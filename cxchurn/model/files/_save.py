"""Saving a model: a folder of plain files with checksums."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone

from cxchurn._core import UsageError, proven_plain
from cxchurn.features import MEANING, features_to_plain
from cxchurn.model.blend._blend import blend_to_plain
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.files._folder import as_json, write_folder
from cxchurn.model.files._format import CLASSES as FITTED
from cxchurn.model.files._format import FORMAT, tree_files
from cxchurn.model.fitted._trained import TrainedModel
from cxchurn.model.fitted._versions import versions
from cxchurn.model.fitting._tuning import Tuning
from cxchurn.panel import ChurnDefinition

# what a saved model may hold without being brought
CLASSES: dict[str, type] = {**FITTED, "ChurnClassifier": ChurnClassifier, "Tuning": Tuning}


class Curve(Protocol):
    """What is kept of a `ChurnCurve`, beside its parameters."""

    @property
    def models_(self) -> Sequence[TrainedModel]:
        """One an interval."""

    @property
    def definitions_(self) -> Sequence[ChurnDefinition]:
        """One a horizon."""

    @property
    def at_risk_(self) -> pd.DataFrame:
        """One row an interval."""


def save_model(model: TrainedModel, path: str | Path) -> Path:
    """Write a fitted model to a folder: ``lightgbm.txt``, ``features.json``, ``model.json`` and ``manifest.json`` (checksums).

    The trees of further seeds are in ``lightgbm_2.txt`` and so on.
    No customer's data is in it, nor anything of the machine: the same training writes the same bytes, on any number of threads.
    The folder changes in one step: whoever reads meanwhile, and whatever is interrupted, finds
    the older model or the newer one. Files that no model wrote are never touched.

    Parameters
    ----------
    path : str or Path
        The folder to make; a new or empty one, or that of an older model, which is replaced. A link is followed.

    Raises
    ------
    UsageError
        Where the path holds something else, or the model holds what could not be loaded again.
    """
    return write_folder(path, files_of(model), about("model"))


def save_curve(curve: Curve, path: str | Path) -> Path:
    """Write a fitted curve to a folder: ``curve.json``, and the files of each interval's model; see `save_model`."""
    said = parameters_to_plain(curve, but=())
    definitions = proven_plain(tuple(curve.definitions_), name="definitions", classes=CLASSES)
    at_risk = curve.at_risk_.to_dict("split", index=False)
    files = {"curve.json": as_json({"parameters": said, "definitions": definitions, "at_risk": at_risk})}
    for number, model in enumerate(curve.models_, start=1):
        files |= {f"{interval_prefix(number)}{name}": content for name, content in files_of(model).items()}
    return write_folder(path, files, about("curve"))


def interval_prefix(number: int) -> str:
    """Return what the names of the files of a curve's interval begin with."""
    return f"interval_{number}_"


def about(kind: str) -> dict[str, Any]:
    """Return what a manifest says beside the checksums."""
    return {"format": FORMAT, "features": MEANING, "kind": kind, "versions": versions()}


def files_of(model: TrainedModel) -> dict[str, bytes]:
    """Return the files of a fitted model by name, all but the manifest."""
    trees = model.classifier_.trees_
    return {
        **{name: one.encode() for name, one in zip(tree_files(len(trees)), trees, strict=True)},
        "features.json": as_json(features_to_plain(model.features_)),
        "model.json": as_json(_to_plain(model)),
    }


def why_not_saved(model: TrainedModel) -> tuple[str, ...]:
    """Return a note on why a model cannot be saved, and none where it can."""
    try:
        parameters_to_plain(model, but=("log",))
        proven_plain((*model.features_.builders_, model.churn_), name="builders", classes=CLASSES)
    except UsageError as error:
        return (f"the model cannot be saved: {error.found}",)
    return ()


def parameters_to_plain(estimator: Any, *, but: tuple[str, ...]) -> dict[str, Any]:
    """Return an estimator's parameters as plain data that give the same ones again, or refuse them in words.

    On how many processors it works is no part of a model: it is left to where the model is loaded.
    """
    said = estimator.get_params(deep=False)
    return {
        name: proven_plain(_anywhere(value), name=f"{type(estimator).__name__}.{name}", classes=CLASSES)
        for name, value in said.items()
        if name not in but
    }


def _anywhere(value: Any) -> Any:
    return clone(value).set_params(n_jobs=None) if isinstance(value, ChurnClassifier) else value


def _to_plain(model: TrainedModel) -> dict[str, Any]:
    classifier = model.classifier_
    data = {
        "version": model.version_,
        "churn": proven_plain(model.churn_, name="churn", classes=CLASSES),
        "parameters": parameters_to_plain(model, but=("log",)),
        "classifier": {
            "parameters": parameters_to_plain(_anywhere(classifier), but=()),
            "columns": list(classifier.encoding_.names),
            "classes": classifier.classes_.tolist(),
            "rounds": classifier.n_rounds_,
        },
        "blend": blend_to_plain(model.blend_),
        "calibration": asdict(model.calibration_),
        "intervals": asdict(model.intervals_),
        "level": None if model.level_ is None else asdict(model.level_),
        "bands": {"medium": model.bands_.medium, "high": model.bands_.high},
        "base_rate": model.base_rate_,
        "typical": {name: None if np.isnan(value) else value for name, value in model.typical_.items()},
        "present": model.present_,
        "learned_from": asdict(model.learned_from_),
        "training_log": model.training_log_.to_plain(),
        "example": vars(model.example_),
        "notes": list(model.notes_),
        "schemas": proven_plain(tuple(model.schemas_), name="schemas", classes=CLASSES),
        "ids": model.ids_,
    }
    return json.loads(json.dumps(data, default=_number))


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} cannot be written down")
