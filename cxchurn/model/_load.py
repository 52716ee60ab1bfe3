"""Loading a model: reads data, checks every file, and runs no code from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np

from cxchurn._core import DataError, MismatchError, UsageError, listed
from cxchurn.features import Builder, features_from_plain
from cxchurn.model._bands import Bands
from cxchurn.model._blend import blend_from_plain
from cxchurn.model._calibration import Affine
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model._classifier import ChurnClassifier
from cxchurn.model._encoding import Encoding
from cxchurn.model._isotonic import Isotonic
from cxchurn.model._save import FORMAT, MANIFEST, tree_files
from cxchurn.model._venn_abers import VennAbers
from cxchurn.model.trees import forests_of
from cxchurn.panel import Cancellation, ChurnDefinition, Inactivity, OwnLabels

_FILES = ("lightgbm.txt", "features.json", "model.json")
_DEFINITIONS: dict[str, type[ChurnDefinition]] = {cls.__name__: cls for cls in (Inactivity, Cancellation, OwnLabels)}


def load_model(path: str | Path, *, builders: Iterable[type[Builder]] = ()) -> ChurnModel:
    """Read a model that `save_model` wrote, after checking every file against its checksum.

    Parameters
    ----------
    path : str or Path
        The folder.
    builders : iterable of Builder classes
        Your own builders, if the model uses any: nothing is imported because a file says so.
    """
    folder = Path(path)
    files = _checked(folder)
    data = json.loads(files["model.json"])
    model = ChurnModel(_definition(data["churn"]), **data["said"])
    model.churn_ = _definition(data["churn"])
    model.features_ = features_from_plain(json.loads(files["features.json"]), builders=builders)
    model.features_.churn = model.features_.churn_ = model.churn_
    model.classifier_ = _classifier(data["classifier"], _trees(data["classifier"], files, folder))
    model.blend_ = blend_from_plain(data["blend"])
    model.calibration_ = _calibration(data["calibration"])
    model.intervals_ = VennAbers(**data["intervals"])
    model.bands_ = Bands(**data["bands"])
    model.notes_ = tuple(data["notes"])
    model.base_rate_ = data["base_rate"]
    model.typical_ = {name: np.nan if value is None else value for name, value in data["typical"].items()}
    model.classes_ = model.classifier_.classes_
    model.version_ = data["version"]
    return model


def _calibration(data: dict[str, Any]) -> Affine | Isotonic:
    return Affine(**data) if "slope" in data else Isotonic(tuple(data["raw"]), tuple(data["odds"]))


def _definition(data: dict[str, Any]) -> ChurnDefinition:
    name = data["definition"]
    if name not in _DEFINITIONS:
        raise MismatchError(f"the model's churn definition {name!r} is unknown.", allowed=listed(_DEFINITIONS))
    return _DEFINITIONS[name](**{k: tuple(v) if isinstance(v, list) else v for k, v in data["parameters"].items()})


def _trees(data: dict[str, Any], files: dict[str, bytes], folder: Path) -> list[str]:
    names = tree_files(data["parameters"]["n_seeds"])
    missing = [name for name in names if name not in files]
    if missing:
        raise DataError(f"{folder} is incomplete: {listed(missing)} is missing.", hint="copy the whole folder again.")
    return [files[name].decode() for name in names]


def _classifier(data: dict[str, Any], trees: list[str]) -> ChurnClassifier:
    classifier = ChurnClassifier(**data["parameters"])
    classifier.boosters_ = [lgb.Booster(model_str=text) for text in trees]
    classifier.forests_ = forests_of(trees)
    classifier.encoding_ = Encoding(tuple(data["columns"]), {})
    classifier.classes_ = np.array(data["classes"])
    classifier.n_rounds_ = data["rounds"]
    classifier.fold_scores_ = None
    classifier.n_features_in_ = len(data["columns"])
    classifier.feature_names_in_ = np.array(data["columns"], dtype=object)
    return classifier


def _checked(folder: Path) -> dict[str, bytes]:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise UsageError(
            f"{folder} is not a saved model: it has no {MANIFEST}.",
            allowed="a folder written by model.save(...) or cxchurn train",
            hint="check the path.",
        )
    said = _read_manifest(manifest)
    if said.get("format") != FORMAT:
        raise MismatchError(
            f"{folder} has the format {said.get('format')!r}.",
            allowed=f"format {FORMAT}",
            hint="use a matching version of cxchurn.",
        )
    if not isinstance(said.get("sha256"), dict):
        raise DataError(f"{manifest} is damaged: it has no checksums.", hint="copy the whole folder again.")
    files = {}
    for name, expected in {**dict.fromkeys(_FILES), **said["sha256"]}.items():
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise DataError(f"{folder} is incomplete: {name} is missing.", hint="copy the whole folder again.")
        files[name] = path.read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise DataError(
                f"{path} was changed: its checksum does not match.", hint="copy the folder again, or retrain."
            )
    return files


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise DataError(f"{path} is damaged: it is no JSON object.", hint="copy the whole folder again.")
    return said
