"""The plain table everything is judged on: who, when, what happened, and what each model said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxchurn._core import DataError, UsageError, as_pandas, did_you_mean, iso, listed

_OWN = ("customer_id", "cutoff", "group", "churned", "already_silent")


def checked_predictions(frame: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return the predictions in one shape, or say everything that is wrong with them.

    Parameters
    ----------
    frame : DataFrame
        customer_id, churned (0/1), cutoff or group or both, and one column of probabilities a model; perhaps already_silent
        (yes/no).
    models : sequence of str
        The columns of probabilities.

    Returns
    -------
    DataFrame
        customer_id, cutoff (if given), group (text), churned (int8), already_silent (bool; if given), then the models
        (float64).
    """
    _check_models(models)
    frame = as_pandas(frame)
    needed = ["customer_id", "churned", *models]
    if not {"group", "cutoff"} & set(frame.columns):
        needed.append("cutoff")
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise DataError(
            f"The predictions have no column {listed(map(repr, absent))}.",
            allowed=f"customer_id, churned, cutoff or group, and the models; found {listed(frame.columns)}",
            hint=did_you_mean(absent[0], map(str, frame.columns)),
        )
    problems = _problems(frame, models)
    if problems:
        raise DataError("\n".join(problems), allowed="churned is 0 or 1, probabilities are 0 to 1, nothing is missing")
    given = frame[[name for name in _OWN if name in frame.columns]].reset_index(drop=True)
    given["churned"] = given["churned"].astype(np.int8)
    if "already_silent" in given:
        given["already_silent"] = given["already_silent"].astype(bool)
    labels = (
        given["group"] if "group" in given else given["cutoff"].map({at: _label(at) for at in given["cutoff"].unique()})
    )
    table = given.assign(group=labels.astype(str))[[name for name in _OWN if name in given.columns or name == "group"]]
    return table.assign(**{name: frame[name].to_numpy(dtype=np.float64) for name in models})


def _check_models(models: Sequence[str]) -> None:
    if isinstance(models, str) or not len(models):
        raise UsageError(f"models is {models!r}.", allowed="a list of column names", hint="models=['my_model'].")
    taken = [name for name in models if name in _OWN]
    if taken or len(set(models)) < len(models):
        raise UsageError(
            f"models is {list(models)!r}.",
            allowed=f"each column once, and none of {listed(_OWN)}",
        )


def _problems(frame: pd.DataFrame, models: Sequence[str]) -> list[str]:
    if not len(frame):
        return ["The predictions have no rows."]
    problems = [
        f"{name} is missing in {int(frame[name].isna().sum())} rows."
        for name in ("customer_id", "cutoff", "group", "already_silent")
        if name in frame.columns and frame[name].isna().any()
    ]
    odd = ~pd.to_numeric(frame["churned"], errors="coerce").isin([0, 1])
    if odd.any():
        problems.append(f"churned is neither 0 nor 1 in {int(odd.sum())} rows.")
    for name in models:
        wrong = ~pd.to_numeric(frame[name], errors="coerce").between(0, 1)
        if wrong.any():
            problems.append(f"{name} is no probability in {int(wrong.sum())} rows.")
    return problems


def _label(cutoff: object) -> str:
    return iso(cutoff.to_datetime64()) if isinstance(cutoff, pd.Timestamp) else str(cutoff)
