"""What the report says, section by section, before any of it is HTML."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from cxchurn.evaluate import LOWER_IS_BETTER, METRIC_WORDS, SUMMARY_METRICS, Evaluation, interval_text, said_and_came
from cxchurn.report.page._sheet import Columns, Sheet, percent, points, sheet, whole

_LIBRARIES = ("cxchurn", "lightgbm", "scikit-learn", "shap", "pandas", "numpy")
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
    """Return what moves the probabilities, with its weight and interval; `table` as `importance`."""
    shown = table.assign(
        interval=[f"{low:.2f} to {high:.2f}" for low, high in table[["low", "high"]].itertuples(index=False)]
    )
    columns: Columns = {
        "words": ("what it is about", str),
        "driver": ("driver", str),
        "theme": ("theme", str),
        "share": ("share", percent),
        "points": ("mean push, points", points),
        "interval": ("95% interval", _as_it_is),
        "raises": ("towards leaving", points),
        "lowers": ("towards staying", points),
    }
    return sheet(shown, columns)


def explained(explanation: Any) -> str:
    """Say whose probabilities the drivers are of."""
    if explanation is None or not len(explanation):
        return ""
    customers, cutoffs = explanation.rows["customer_id"].nunique(), explanation.rows["cutoff"]
    first, last = cutoffs.min().date(), cutoffs.max().date()
    when = f"as of {first}" if first == last else f"at cut-offs from {first} to {last}"
    return f"Over {len(explanation):,} rows of {customers:,} customers, {when}, by the model of this report."


def silent_too(scores: pd.DataFrame | None) -> bool:
    """Whether some of those scored have been silent for too long already."""
    if scores is None or "already_silent" not in scores:
        return False
    return bool(scores.dropna(subset="churn_probability")["already_silent"].astype(bool).any())


def judged(evaluation: Evaluation, model: Any) -> str:
    """Say of which model the quality is: of the one that the report is about, or of one of the same recipe."""
    learned = evaluation.learned
    if learned is None or not learned.version:
        return ""
    since = f"learned from {learned.rows:,} rows at cut-offs from {learned.first[:10]} to {learned.last[:10]}"
    version = getattr(model, "version_", None)
    if learned.version == version:
        return f"Judged is the model of this report ({version}), which {since}."
    return (
        f"Judged is a model of the same recipe ({learned.version}), which {since}: the later ones were left to judge it on. "
        f"The model of this report ({version}) learned from those as well, so there is nothing yet to judge it on itself."
    )


def said_by_cutoff(evaluation: Evaluation) -> Sheet:
    """Return what was said and what came, cut-off by cut-off."""
    table = said_and_came(evaluation)
    table["interval"] = [f"{low:.1%} to {high:.1%}" for low, high in table[["low", "high"]].itertuples(index=False)]
    columns: Columns = {
        "cutoff": ("cut-off", str),
        "rows": ("rows", whole),
        "said": ("said", percent),
        "came": ("came", percent),
        "interval": ("95% interval", _as_it_is),
        "verdict": ("what was said is", _as_it_is),
    }
    return sheet(table, columns)


def _as_it_is(text: Any) -> str:
    return str(text)


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


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
