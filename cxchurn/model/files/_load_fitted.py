"""Loading what a model learned: reads data, checks every file, runs no code from it, and needs no library that learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from cxchurn._core import DataError, MismatchError, folder_of, from_plain, listed, trusted, with_own
from cxchurn.features import fitted_from_plain
from cxchurn.model.blend._blend import blend_from_plain
from cxchurn.model.calibration._affine import Affine
from cxchurn.model.calibration._bands import Bands
from cxchurn.model.calibration._level import Level
from cxchurn.model.files._folder import read_folder
from cxchurn.model.files._format import CLASSES, COPY, check_format, made_of, read_json, tree_files
from cxchurn.model.fitted._example import Example
from cxchurn.model.fitted._fitted import FittedModel
from cxchurn.model.trees import forests_of

Model = TypeVar("Model", bound=FittedModel)


def load_fitted(path: str | Path, *, trust: Iterable[type | str] = (), self_test: bool = True) -> FittedModel:
    """Read what a saved model learned, for scoring; for arguments and errors see `load_model`."""
    own = trusted(trust)
    with folder_of(path) as folder:
        said, files = read_folder(folder, partial(check_format, path, "model"))
    with made_of(Path(path)):
        return tried(fitted_of(files, Path(path), own), said, self_test=self_test)


def tried(model: Model, said: Mapping[str, Any], *, self_test: bool) -> Model:
    """Return a model after trying it on the invented customers that it carries."""
    if self_test:
        model.example_.check(model, said.get("versions") or {})
    return model


def fitted_of(files: dict[str, bytes], folder: Path, own: Iterable[type]) -> FittedModel:
    """Make what a model learned of the files of its folder."""
    data, classes = read_json(files, "model.json", folder), with_own(CLASSES, own)
    model = FittedModel()
    model.churn_ = from_plain(data["churn"], classes)
    model.features_ = fitted_from_plain(read_json(files, "features.json", folder), builders=own)
    model.features_.churn_ = model.churn_
    columns = len(model.features_.says_)
    model.forests_ = forests_of(_trees(files, data["classifier"], folder), columns=columns)
    model.blend_ = blend_from_plain(data["blend"], columns=columns)
    model.calibration_ = calibration_of(data["calibration"])
    # models of earlier versions did not say it
    level = data.get("level")
    model.level_ = None if level is None else Level(float(level["spread"]), float(level["trials"]))
    model.bands_ = Bands(**data["bands"])
    model.notes_ = tuple(data["notes"])
    model.schemas_, model.ids_ = tuple(from_plain(data["schemas"], classes)), data["ids"]
    model.base_rate_ = data["base_rate"]
    model.typical_ = {name: np.nan if value is None else value for name, value in data["typical"].items()}
    model.present_ = data["present"]
    model.example_ = Example(**data["example"])
    model.version_ = data["version"]
    return model


def _trees(files: dict[str, bytes], data: dict[str, Any], folder: Path) -> list[str]:
    seeds = data["parameters"]["n_seeds"]
    if type(seeds) is not int or seeds < 1:
        raise ValueError(f"it has {seeds!r} seeds")
    # no more than there are files, before as many names are made
    names = tree_files(min(seeds, len(files) + 1))
    missing = [name for name in names if name not in files]
    if missing:
        raise DataError(f"{folder} is incomplete: {listed(missing)} is missing.", hint=COPY)
    return [files[name].decode() for name in names]


def calibration_of(data: dict[str, Any]) -> Affine:
    """Return the correction that a saved model says; one by steps, as versions up to 0.4 had it on request, is refused."""
    if "odds" in data:
        raise MismatchError(
            "the model's probabilities are corrected by steps (calibration='isotonic'), which is no longer done.",
            allowed="a model with calibration='affine' or None",
            hint="use the version of cxchurn that saved it, or train it again with calibration='affine'.",
        )
    return Affine(**data)
