"""What a model is, as parameters and tags of a run: the facts of the model that is kept."""

from __future__ import annotations

import getpass
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from cxchurn._core import span
from cxchurn.model import ChurnModel

_LONGEST = 6000  # of a parameter, to MLflow
# what git says is nice to have: a hanging drive must not hold a run up
_SECONDS = 5


def run_name(model: ChurnModel) -> str:
    """Return what a run is called where nothing is said: until when it learned, which model it is, and the question.

    What tells runs apart comes first: lists of runs show the beginning alone.
    """
    churn = model.churn_
    return f"{model.learned_from_.last[:10]} {model.version_[:6]}, {type(churn).__name__} {churn.horizon}"


def parameters(model: ChurnModel) -> dict[str, str]:
    """Return how a model was trained: definition, learner, blend and every builder."""
    classifier = model.classifier_.get_params()
    classifier.pop("categorical_features")
    said = {
        "churn": type(model.churn_).__name__,
        **{f"churn.{name}": value for name, value in model.churn_.get_params().items()},
        **{f"classifier.{name}": value for name, value in classifier.items()},
        **{f"blend.{name}": round(weight, 4) for name, weight in model.blend_.weights.items()},
        **_builders(model),
        "trees": model.classifier_.n_rounds_,
        "features": len(model.features_.says_),
        "families": len({says.driver for says in model.features_.says_}),
        "folds": model.folds,
        "half_life": model.half_life,
        "lookback": model.lookback,
        "calibration": repr(model.calibration_),
        "random_state": model.random_state,
        "training.rows": model.learned_from_.rows,
        "training.first_cutoff": model.learned_from_.first,
        "training.last_cutoff": model.learned_from_.last,
        "training.outcomes_until": model.learned_from_.until,
    }
    return {name: _short(str(value)) for name, value in said.items()}


def _builders(model: ChurnModel) -> dict[str, str]:
    """Return each builder by its class; of several of one class the later ones by a number too."""
    found: dict[str, str] = {}
    met: Counter[str] = Counter()
    for one in model.features_.builders_:
        name = type(one).__name__
        met[name] += 1
        found[f"builder.{name}" if met[name] == 1 else f"builder.{name}.{met[name]}"] = repr(one)
    return found


def tags(model: ChurnModel, evaluated: ChurnModel) -> dict[str, str]:
    """Return what else there is to know: the version, the question, and of which model the metrics are."""
    said = {"cxchurn.model_version": model.version_, "cxchurn.churn": model.churn_.says}
    if evaluated is not model:
        last = evaluated.learned_from_.last
        said["cxchurn.evaluated"] = (
            f"the same recipe, trained to {last} (model {evaluated.version_}): the metrics are of that model"
            if same_recipe(model, evaluated)
            else f"another model ({evaluated.version_}, trained to {last}): the metrics are of that model"
        )
    return said


def same_recipe(one: ChurnModel, other: ChurnModel) -> bool:
    """Whether two models were told to learn alike: the same definition, builders and settings."""
    return repr(recipe(one)) == repr(recipe(other))


def recipe(model: ChurnModel) -> dict[str, Any]:
    """Return what a model was told, without its log."""
    said = model.get_params(deep=False)
    said.pop("log")
    return {**said, "churn": model.churn_, "features": model.features}


def source() -> dict[str, str]:
    """Return which program makes the run, who runs it, and the git commit of its folder where there is one."""
    program = Path(sys.argv[0] or ".").resolve() if sys.argv else Path.cwd()
    notebook = _in_notebook()
    # where a command is installed says nothing about what it works on
    folder = program.parent if program.suffix == ".py" and program.is_file() and not notebook else Path.cwd()
    said = {
        "mlflow.source.name": "notebook" if notebook else program.name or "python",
        "mlflow.source.type": "NOTEBOOK" if notebook else "LOCAL",
        "mlflow.user": _user(),
    }
    commit = _commit(folder)
    return said | ({"mlflow.source.git.commit": commit} if commit else {})


def _in_notebook() -> bool:
    """Whether this code runs in a notebook's kernel; that a library for notebooks is loaded does not say so."""
    shells = sys.modules.get("IPython")
    shell = None if shells is None else shells.get_ipython()
    return hasattr(shell, "kernel")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def _commit(folder: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def question(model: ChurnModel) -> str:
    """Return what is asked of the future, in words."""
    return f"{model.churn_.says[:1].upper()}{model.churn_.says[1:]} ({span(model.churn_.horizon).words} ahead)."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
