"""What the report says, section by section, before any of it is HTML."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from cxchurn._core import iso
from cxchurn.evaluate import LOWER_IS_BETTER, METRIC_WORDS, SUMMARY_METRICS, Evaluation, interval_text
from cxchurn.explain import reasons_said
from cxchurn.report._sheet import Columns, Sheet, number, percent, sheet, whole

_LIBRARIES = ("cxchurn", "lightgbm", "scikit-learn", "shap", "pandas", "numpy")
_HIGHEST, _LOWEST = 3, 1
_SAID = {"model": "better", "baseline": "worse", "too close to tell": "too close to tell"}


def question(panel: Any, model: Any) -> dict[str, str]:
    """Return what was asked of the future, by the panel or else by the model: in words, and as one would type it."""
    definition = getattr(panel, "definition", None) or getattr(model, "churn_", None)
    if definition is None:
        return {"says": "", "code": ""}
    return {"says": str(definition.says), "code": repr(definition)}


def cutoffs(panel: Any) -> Sheet | None:
    """Return the panel's cut-offs: customers asked about, churned, refused."""
    if panel is None:
        return None
    columns: Columns = {
        "group": ("cut-off", str),
        "eligible": ("eligible", whole),
        "refused": ("refused", whole),
        "left_out": ("left out", whole),
        "already_silent": ("already silent", whole),
        "churned": ("churned", whole),
        "rate": ("rate", percent),
    }
    table = panel.summary
    counted = {name for name in ("left_out", "already_silent") if name not in table or not table[name].any()}
    return sheet(table, {name: column for name, column in columns.items() if name not in counted})


def quality(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one line a metric: its words, whether lower is better, and the text of each model."""
    return _lines(evaluation.summary())


def still_here(evaluation: Evaluation) -> dict[str, Any] | None:
    """Return who was still here at their cut-off, in words, and one line a metric as in `quality`; None where all were."""
    if evaluation.still_here is None:
        return None
    return {"says": f"{evaluation.headline_still_here()}.", "lines": _lines(evaluation.summary(still_here=True))}


def _lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"words": METRIC_WORDS[metric], "lower": metric in LOWER_IS_BETTER, "cells": table[metric].tolist()}
        for metric in SUMMARY_METRICS
    ]


def differences(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one line a metric: its words, and against each baseline who is better and by how much."""
    table = evaluation.differences[evaluation.differences["metric"].isin(SUMMARY_METRICS)]
    return [
        {
            "words": METRIC_WORDS[str(metric)] + ("" if cutoff == "pooled" else ", mean inside cut-offs"),
            "cells": [
                {"says": _SAID[better], "by": _signed(*numbers)}
                for better, numbers in zip(rows["better"], rows[["difference", "low", "high"]].to_numpy(), strict=True)
            ],
        }
        for (metric, cutoff), rows in table.groupby(["metric", "cutoff"], sort=False)
    ]


def inside(evaluation: Evaluation) -> Sheet:
    """Return the area under the curve of each model inside each cut-off, and the mean of these."""
    auc = evaluation.metrics.query("metric == 'roc_auc' and cutoff != 'pooled'")
    models = auc["model"].unique().tolist()
    texts = [interval_text(*row) for row in auc[["value", "low", "high"]].itertuples(index=False)]
    counts = auc.drop_duplicates("cutoff")
    columns = [texts[place :: len(counts)] for place in range(len(counts))]
    rows = [
        [str(row.cutoff), whole(row.rows), whole(row.churned), *cells]
        for row, cells in zip(counts.itertuples(), columns, strict=True)
    ]
    return Sheet(["cut-off", "rows", "churned", *models], rows)


def reach(evaluation: Evaluation) -> str:
    """Return in words what calling the top tenth finds."""
    pooled = evaluation.metrics.query("cutoff == 'pooled'").set_index(["model", "metric"])
    model = evaluation.metrics["model"].iloc[0]
    gain, lift = pooled.loc[(model, "gain_10")], pooled.loc[(model, "lift_10")]
    if pd.isna(gain["value"]):
        return ""
    return (
        f"The tenth of the customers with the highest probabilities holds {gain['value']:.0%} "
        f"[{gain['low']:.0%}, {gain['high']:.0%}] of those who churned: "
        f"{lift['value']:.1f} times as many as a tenth chosen at random."
    )


def drivers(table: pd.DataFrame) -> Sheet:
    """Return the drivers with their weight."""
    columns: Columns = {
        "driver": ("driver", str),
        "share": ("share", percent),
        "mean_abs": ("mean push", number),
        "raises": ("towards leaving", number),
        "lowers": ("towards staying", number),
    }
    return sheet(table, columns)


def examples(scores: pd.DataFrame | None, explanation: Any) -> list[dict[str, Any]]:
    """Return a few customers at high risk and one at low risk, with their reasons.

    Taken from the scores, else from the explanation's own rows; customers who are not asked about have no probability and
    are left out, those silent for too long already where there are others.
    """
    if scores is None:
        if explanation is None:
            return []
        scores = explanation.reasons(top=3)
    asked = scores.dropna(subset="churn_probability")
    here = asked[~asked["already_silent"].astype(bool)] if "already_silent" in asked else asked
    ranked = (here if len(here) else asked).sort_values("churn_probability", ascending=False, kind="stable")
    chosen = pd.concat([ranked.head(_HIGHEST), ranked.iloc[_HIGHEST:].tail(_LOWEST)])
    return [_example(row) for row in chosen.to_dict("records")]


def families(model: Any) -> list[dict[str, Any]]:
    """Return the families of features: driver, builder, whether on, and what they look at or why they are off."""
    table = getattr(getattr(model, "features_", None), "families_", None)
    if table is None:
        return []
    said = table["why"] if "idea" not in table else table["idea"].where(table["on"], table["why"])
    return table.assign(said=said).sort_values("on", ascending=False, kind="stable").to_dict("records")


def versions(model: Any) -> list[tuple[str, str]]:
    """Return the model and the libraries that made this, with their versions."""
    own = [("model", str(model.version_))] if hasattr(model, "version_") else []
    return [*own, ("Python", platform.python_version()), *((name, _version(name)) for name in _LIBRARIES)]


def _signed(value: float, low: float, high: float) -> str:
    return "not defined" if pd.isna(value) else f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"


def _example(row: dict[str, Any]) -> dict[str, Any]:
    when = row.get("as_of", row.get("cutoff"))
    return {
        "customer": str(row["customer_id"]),
        "when": iso(when.to_datetime64()) if isinstance(when, pd.Timestamp) else str(when),
        "probability": f"{row['churn_probability']:.0%}",
        "width": f"{row['churn_probability']:.3f}",
        "band": "" if pd.isna(row.get("band")) else str(row["band"]),
        "reasons": reasons_said(row),
    }


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
