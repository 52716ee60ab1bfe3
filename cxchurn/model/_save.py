"""Saving a model: a folder of plain files with checksums."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn import __version__
from cxchurn._core import UsageError
from cxchurn.features import features_to_plain
from cxchurn.model._blend import blend_to_plain

if TYPE_CHECKING:
    from cxchurn.model._churn_model import ChurnModel

FORMAT = 2
MANIFEST = "manifest.json"
_LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn")


def save_model(model: ChurnModel, path: str | Path) -> Path:
    """Write a fitted model to a folder: ``lightgbm.txt``, ``features.json``, ``model.json`` and ``manifest.json`` (checksums).

    The trees of further seeds are in ``lightgbm_2.txt`` and so on.
    No customer's data is in it. The folder appears whole or not at all; an older model in its place is replaced.

    Parameters
    ----------
    path : str or Path
        The folder to make.
    """
    target = Path(path)
    if target.exists() and not (target / MANIFEST).exists():
        raise UsageError(
            f"{target} exists and is not a saved model.", hint="choose another folder, or remove this one."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror}.", hint="choose a folder you may write to."
        ) from error
    old = fresh.with_name(f"{fresh.name}-old")
    try:
        _write(model, fresh)
        fresh.chmod(0o755)
        if target.exists():
            os.replace(target, old)
        os.replace(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return target


def tree_files(seeds: int) -> list[str]:
    """Return the names of the files that hold the trees of each seed."""
    return ["lightgbm.txt", *(f"lightgbm_{k}.txt" for k in range(2, seeds + 1))]


def _write(model: ChurnModel, folder: Path) -> None:
    boosters = model.classifier_.boosters_
    files = {
        **{name: one.model_to_string() for name, one in zip(tree_files(len(boosters)), boosters, strict=True)},
        "features.json": _json(features_to_plain(model.features_)),
        "model.json": _json(_to_plain(model)),
    }
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    versions = {"cxchurn": __version__, **{name: version(name) for name in _LIBRARIES}}
    files[MANIFEST] = _json({"format": FORMAT, "sha256": sums, "versions": versions})
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())


def _to_plain(model: ChurnModel) -> dict[str, Any]:
    churn, classifier = model.churn_, model.classifier_
    return {
        "version": model.version_,
        "churn": {"definition": type(churn).__name__, "parameters": churn.get_params()},
        "said": {
            name: getattr(model, name) for name in ("folds", "half_life", "calibration", "lookback", "random_state")
        },
        "classifier": {
            "parameters": classifier.get_params(),
            "columns": list(classifier.encoding_.names),
            "classes": classifier.classes_.tolist(),
            "rounds": classifier.n_rounds_,
        },
        "blend": blend_to_plain(model.blend_),
        "calibration": asdict(model.calibration_),
        "intervals": asdict(model.intervals_),
        "bands": {"medium": model.bands_.medium, "high": model.bands_.high},
        "base_rate": model.base_rate_,
        "typical": {name: None if np.isnan(value) else value for name, value in model.typical_.items()},
        "notes": list(model.notes_),
    }


def _json(data: Any) -> str:
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_number)
    return text + "\n"


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} cannot be written down")
