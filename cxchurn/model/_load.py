"""Loading a model: reads data, checks every file, and runs no code from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cxchurn._core import folder_of, frame_from_plain, from_plain, trusted, with_own
from cxchurn.features import features_from_plain
from cxchurn.model._churn_model import ChurnModel
from cxchurn.model._curve import ChurnCurve
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._encoding import Encoding
from cxchurn.model.calibration._venn_abers import VennAbers
from cxchurn.model.files._folder import read_folder
from cxchurn.model.files._format import check_format, made_of, read_json, tree_files
from cxchurn.model.files._load_fitted import fitted_of, tried
from cxchurn.model.files._save import CLASSES, interval_prefix
from cxchurn.model.fitted._learned_from import LearnedFrom
from cxchurn.model.fitted._training_log import TrainingLog
from cxchurn.model.trees import Forest


def load_model(
    path: str | Path,
    *,
    trust: Iterable[type | str] = (),
    self_test: bool = True,
    tracking_uri: str | None = None,
) -> ChurnModel:
    """Read a model that `ChurnModel.save` wrote or `log_run` wrote down, after checking every file against its checksum.

    MLflow is loaded only where the model lies with it.

    Parameters
    ----------
    path : str or Path
        The folder, or an address of MLflow's: ``"models:/churn@champion"``, ``"models:/churn/3"``, ``"runs:/<run>/model"``.
    trust : iterable of classes or str
        Your own builders, if the model uses any, and your own measures and churn definitions: the classes, or where they are
        found (``"my_builders:Weekends"``). Nothing is imported because a file of the model says so.
    self_test : bool, default True
        Whether the model is tried on the few invented customers that it carries, which takes some hundredths of a second. A
        service that tried it when it was built may go without.
    tracking_uri : str, optional
        The MLflow store that an address is looked up in. Default: MLflow's own.

    Raises
    ------
    UsageError
        Where there is no model.
    DataError
        Where a file is missing or was changed.
    MismatchError
        Where the model was saved by a version whose features mean something else, or uses a class that was not brought; and
        where it does not say of the invented customers it carries what it said where it was saved, within 1e-9: the error
        names the libraries that changed.

    Examples
    --------
    >>> cx.load_model("churn-model").predict_proba(test).shape == (len(test.frame), 2)
    True

    These need a store of MLflow's, and a module of one's own:

    >>> cx.load_model("models:/churn@champion")  # doctest: +SKIP
    >>> cx.load_model("churn-model", trust=["my_builders:Weekends"])  # doctest: +SKIP
    """
    own = trusted(trust)
    with folder_of(path, tracking_uri=tracking_uri) as folder:
        said, files = read_folder(folder, partial(check_format, path, "model"))
    with made_of(Path(path)):
        return tried(_model(files, Path(path), with_own(CLASSES, own), own), said, self_test=self_test)


def load_curve(path: str | Path, *, trust: Iterable[type | str] = (), self_test: bool = True) -> ChurnCurve:
    """Read a curve that `ChurnCurve.save` wrote into a folder; for arguments and errors see `load_model`."""
    folder, brought = Path(path), trusted(trust)
    said, files = read_folder(folder, partial(check_format, path, "curve"))
    with made_of(folder):
        return _curve(files, folder, brought, said, self_test=self_test)


def _curve(
    files: dict[str, bytes], folder: Path, brought: tuple[type, ...], said: Mapping[str, Any], *, self_test: bool
) -> ChurnCurve:
    data, classes = read_json(files, "curve.json", folder), with_own(CLASSES, brought)
    curve = ChurnCurve(**{name: from_plain(value, classes) for name, value in data["parameters"].items()})
    curve.at_risk_ = frame_from_plain(data["at_risk"])
    curve.models_ = []
    for number in range(1, len(curve.horizons) + 1):
        prefix = interval_prefix(number)
        own = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
        curve.models_.append(tried(_model(own, folder, classes, brought), said, self_test=self_test))
    curve.definitions_ = list(from_plain(data["definitions"], classes))
    return curve


def _model(files: dict[str, bytes], folder: Path, classes: dict[str, type], own: Iterable[type]) -> ChurnModel:
    data = read_json(files, "model.json", folder)
    model = ChurnModel(**{name: from_plain(value, classes) for name, value in data["parameters"].items()})
    fitted = fitted_of(files, folder, own)
    forests = vars(fitted).pop("forests_")
    model.__dict__.update(vars(fitted))
    model.features_ = features_from_plain(read_json(files, "features.json", folder), builders=own)
    model.features_.churn = model.features_.churn_ = model.churn_
    model.classifier_ = _classifier(data["classifier"], classes, files, forests)
    model.intervals_ = VennAbers(**data["intervals"])
    model.learned_from_ = LearnedFrom(**data["learned_from"])
    model.training_log_ = TrainingLog.from_plain(data.get("training_log"))
    model.classes_ = model.classifier_.classes_
    return model


def _classifier(
    data: dict[str, Any], classes: dict[str, type], files: dict[str, bytes], forests: list[Forest]
) -> ChurnClassifier:
    said = {name: from_plain(value, classes) for name, value in data["parameters"].items()}
    classifier = ChurnClassifier(**said)
    trees = [files[name].decode() for name in tree_files(said["n_seeds"])]
    classifier.trees_ = trees
    classifier.forests_ = forests
    classifier.encoding_ = Encoding(tuple(data["columns"]), {})
    classifier.classes_ = np.array(data["classes"])
    classifier.n_rounds_ = data["rounds"]
    classifier.fold_scores_ = None
    classifier.n_features_in_ = len(data["columns"])
    classifier.feature_names_in_ = np.array(data["columns"], dtype=object)
    return classifier
