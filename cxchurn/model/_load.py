"""Loading a model: reads data, checks every file, and runs no code from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from cxchurn._core import DataError, MismatchError, from_plain, listed, with_own
from cxchurn.features import MEANING, features_from_plain
from cxchurn.model._bands import Bands
from cxchurn.model._blend import blend_from_plain
from cxchurn.model._calibration import Affine
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model._classifier import ChurnClassifier
from cxchurn.model._curve import ChurnCurve
from cxchurn.model._encoding import Encoding
from cxchurn.model._example import Example
from cxchurn.model._folder import read_folder
from cxchurn.model._isotonic import Isotonic
from cxchurn.model._learned_from import LearnedFrom
from cxchurn.model._save import CLASSES, FORMAT, interval_prefix, tree_files, versions
from cxchurn.model._venn_abers import VennAbers
from cxchurn.model.trees import forests_of

_COPY = "copy the whole folder again."
_FIRST = 2  # the last format of version 0.1


def load_model(path: str | Path, *, builders: Iterable[type] = ()) -> ChurnModel:
    """Read a model that `ChurnModel.save` wrote, after checking every file against its checksum.

    Parameters
    ----------
    path : str or Path
        The folder.
    builders : iterable of classes
        Your own builders, if the model uses any, and your own measures and churn definitions: nothing is imported because a
        file says so.

    Raises
    ------
    DataError
        Where a file is missing or was changed.
    MismatchError
        Where the model was saved by a version whose features mean something else, or uses a class that was not brought; and
        where, under other versions than those it was saved with, it no longer says of the invented customer it carries what
        it said then.
    """
    said, files = read_folder(Path(path), partial(_check, path, "model"))
    return _tried(_model(files, Path(path), with_own(CLASSES, builders), builders), said)


def load_curve(path: str | Path, *, builders: Iterable[type] = ()) -> ChurnCurve:
    """Read a curve that `ChurnCurve.save` wrote; for arguments and errors see `load_model`."""
    folder = Path(path)
    said, files = read_folder(folder, partial(_check, path, "curve"))
    data, classes = _json(files, "curve.json", folder), with_own(CLASSES, builders)
    curve = ChurnCurve(**{name: from_plain(value, classes) for name, value in data["parameters"].items()})
    curve.at_risk_ = pd.DataFrame(**data["at_risk"])
    curve.models_ = []
    for number in range(1, len(curve.horizons) + 1):
        prefix = interval_prefix(number)
        own = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
        curve.models_.append(_tried(_model(own, folder, classes, builders), said))
    curve.definitions_ = list(from_plain(data["definitions"], classes))
    return curve


def _model(files: dict[str, bytes], folder: Path, classes: dict[str, type], own: Iterable[type]) -> ChurnModel:
    data = _json(files, "model.json", folder)
    model = ChurnModel(**{name: from_plain(value, classes) for name, value in data["parameters"].items()})
    model.churn_ = from_plain(data["churn"], classes)
    model.features_ = features_from_plain(_json(files, "features.json", folder), builders=own)
    model.features_.churn = model.features_.churn_ = model.churn_
    model.classifier_ = _classifier(data["classifier"], classes, files, folder)
    model.blend_ = blend_from_plain(data["blend"])
    model.calibration_ = _calibration(data["calibration"])
    model.intervals_ = VennAbers(**data["intervals"])
    model.bands_ = Bands(**data["bands"])
    model.notes_ = tuple(data["notes"])
    model.schemas_, model.ids_ = tuple(from_plain(data["schemas"], classes)), data["ids"]
    model.base_rate_ = data["base_rate"]
    model.typical_ = {name: np.nan if value is None else value for name, value in data["typical"].items()}
    model.learned_from_ = LearnedFrom(**data["learned_from"])
    model.example_ = Example(**data["example"])
    model.classes_ = model.classifier_.classes_
    model.version_ = data["version"]
    return model


def _tried(model: ChurnModel, said: Mapping[str, Any]) -> ChurnModel:
    """Return a model after trying it on its example, where it was saved by other versions than those that are here."""
    if said.get("versions") != versions():
        model.example_.check(model)
    return model


def _calibration(data: dict[str, Any]) -> Affine | Isotonic:
    return Affine(**data) if "slope" in data else Isotonic(tuple(data["raw"]), tuple(data["odds"]))


def _classifier(
    data: dict[str, Any], classes: dict[str, type], files: dict[str, bytes], folder: Path
) -> ChurnClassifier:
    said = {name: from_plain(value, classes) for name, value in data["parameters"].items()}
    classifier = ChurnClassifier(**said)
    names = tree_files(said["n_seeds"])
    missing = [name for name in names if name not in files]
    if missing:
        raise DataError(f"{folder} is incomplete: {listed(missing)} is missing.", hint=_COPY)
    trees = [files[name].decode() for name in names]
    classifier.boosters_ = [lgb.Booster(model_str=text) for text in trees]
    classifier.forests_ = forests_of(trees)
    classifier.encoding_ = Encoding(tuple(data["columns"]), {})
    classifier.classes_ = np.array(data["classes"])
    classifier.n_rounds_ = data["rounds"]
    classifier.fold_scores_ = None
    classifier.n_features_in_ = len(data["columns"])
    classifier.feature_names_in_ = np.array(data["columns"], dtype=object)
    return classifier


def _json(files: dict[str, bytes], name: str, folder: Path) -> dict[str, Any]:
    if name not in files:
        raise DataError(f"{folder} is incomplete: {name} is missing.", hint=_COPY)
    return json.loads(files[name])


def _check(path: str | Path, kind: str, said: Mapping[str, Any]) -> None:
    """Raise where a manifest is of another format, another meaning of the features, or another kind of model."""
    form, meaning = said.get("format"), said.get("features")
    if form in range(_FIRST + 1):
        raise MismatchError(
            f"{path} was saved by version 0.1 of cxchurn, whose features mean something else than today's.",
            allowed=f"a model of the format {FORMAT}",
            hint="train it again: its numbers cannot be carried over.",
        )
    if form != FORMAT or meaning != MEANING:
        raise MismatchError(
            f"{path} has the format {form!r}, and features of the meaning {meaning!r}.",
            allowed=f"format {FORMAT}, meaning {MEANING}",
            hint="use the version of cxchurn that saved it, or train it again.",
        )
    if said.get("kind") != kind:
        raise MismatchError(
            f"{path} holds a {said.get('kind')}, not a {kind}.",
            hint="cx.load_curve(...)" if said.get("kind") == "curve" else "cx.load_model(...)",
        )
