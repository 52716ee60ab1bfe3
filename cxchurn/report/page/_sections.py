"""What the report says, section by section, before any of it is HTML."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from cxchurn.evaluation import LOWER_IS_BETTER, SUMMARY_METRICS, Evaluation, interval_text, metric_words, said_and_came
from cxchurn.features import subject_words
from cxchurn.report.page._clock import moment_on, zone_of
from cxchurn.report.page._sheet import Sheet, as_it_is, between, percent, points, sheet, titled, whole
from cxchurn.words import as_spoken, said, spoken, value_words

_LIBRARIES = ("cxchurn", "lightgbm", "scikit-learn", "shap", "pandas", "numpy")
# who is better, and the word and the look for it
_SAID = {"model": "better", "baseline": "worse", "too close to tell": "close"}


def question(panel: Any, model: Any) -> dict[str, str]:
    """Return what was asked of the future, by the panel or else by the model: in words, and as one would type it."""
    definition = getattr(panel, "definition", None) or getattr(model, "churn_", None)
    if definition is None:
        return {"says": "", "code": ""}
    return {"says": as_spoken(definition.says), "code": repr(definition)}


def cutoffs(panel: Any) -> Sheet | None:
    """Return the panel's cut-offs: customers asked about, churned, refused."""
    if panel is None:
        return None
    writers: dict[str, Any] = {"cutoff": str, "eligible": whole, "refused": whole, "left_out": whole}
    writers |= {"silent": whole, "churned": whole, "rate": percent}
    table = panel.summary.rename(columns={"group": "cutoff", "already_silent": "silent"})
    counted = {name for name in ("left_out", "silent") if name not in table or not table[name].any()}
    return sheet(table, titled("statistics", {name: how for name, how in writers.items() if name not in counted}))


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
        {"words": metric_words(metric), "lower": metric in LOWER_IS_BETTER, "cells": table[metric].tolist()}
        for metric in SUMMARY_METRICS
    ]


def differences(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one line a metric: its words, and against each baseline who is better and by how much."""
    table = evaluation.differences[evaluation.differences["metric"].isin(SUMMARY_METRICS)]
    return [
        {
            "words": metric_words(str(metric))
            if cutoff == "pooled"
            else said("evaluation", "mean_inside", metric=metric_words(str(metric))),
            "cells": [
                {"says": said("evaluation", _SAID[better]), "look": _SAID[better], "by": _signed(*numbers)}
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
        [value_words("evaluation", str(row.cutoff)), whole(row.rows), whole(row.churned), *cells]
        for row, cells in zip(counts.itertuples(), columns, strict=True)
    ]
    head = [said("statistics", f"head_{name}") for name in ("cutoff", "rows", "of_them")]
    return Sheet([*head, *(value_words("evaluation", model) for model in models)], rows)


def reach(evaluation: Evaluation) -> str:
    """Return in words what calling the top tenth finds."""
    pooled = evaluation.metrics.query("cutoff == 'pooled'").set_index(["model", "metric"])
    model = evaluation.metrics["model"].iloc[0]
    gain, lift = pooled.loc[(model, "gain_10")], pooled.loc[(model, "lift_10")]
    if pd.isna(gain["value"]):
        return ""
    share = {"gain": gain["value"], "low": gain["low"], "high": gain["high"]}
    return said("statistics", "reach", **share, lift=lift["value"])


def drivers(table: pd.DataFrame) -> Sheet:
    """Return what moves the probabilities, with its weight and interval; `table` as `importance`."""
    ends = table[["low", "high"]].itertuples(index=False)
    shown = table.assign(
        about=table["words"],
        push=table["points"],
        interval=[between(low, high, points) for low, high in ends],
        theme=[subject_words(str(name)) for name in table["theme"]] if "theme" in table else "",
    )
    writers: dict[str, Any] = {"about": str, "driver": str} | ({"theme": str} if "theme" in table else {})
    writers |= {"share": percent, "push": points, "interval": as_it_is, "raises": points, "lowers": points}
    return sheet(shown, titled("statistics", writers))


def explained(explanation: Any) -> str:
    """Say whose probabilities the drivers are of."""
    if explanation is None or not len(explanation):
        return ""
    customers = explanation.rows["customer_id"].nunique()
    days = dict(zip(("first", "last"), explanation.days, strict=True))
    when = said("statistics", "as_of", day=days["first"])
    if days["first"] != days["last"]:
        when = said("statistics", "at_cutoffs", **days)
    return said("statistics", "explained", n=len(explanation), customers=customers, when=when)


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
    days = {end: f"{moment_on(getattr(learned, end), zone_of(model)):%Y-%m-%d}" for end in ("first", "last")}
    since = said("statistics", "learned", n=learned.rows, **days)
    version = str(getattr(model, "version_", ""))
    if learned.version == version:
        return said("statistics", "judged_this", version=version, learned=since)
    return said("statistics", "judged_other", other=str(learned.version), version=version, learned=since)


def said_by_cutoff(evaluation: Evaluation) -> Sheet:
    """Return what was said and what came, cut-off by cut-off."""
    table = said_and_came(evaluation)
    ends = table[["low", "high"]].itertuples(index=False)
    table["interval"] = [between(low, high, percent) for low, high in ends]
    for name in ("cutoff", "verdict"):
        table[name] = [value_words("evaluation", one) for one in table[name]]
    writers: dict[str, Any] = {"cutoff": str, "rows": whole, "said": percent, "came": percent}
    writers |= {"interval": as_it_is, "verdict": as_it_is}
    return sheet(table, titled("statistics", writers))


def families(model: Any) -> list[dict[str, Any]]:
    """Return the families of features: driver, builder, whether on, and what they look at or why they are off."""
    table = getattr(getattr(model, "features_", None), "families_", None)
    if table is None:
        return []
    told = [_family(row) for row in table.to_dict("records")]
    return table.assign(said=told).sort_values("on", ascending=False, kind="stable").to_dict("records")


def _family(row: dict[Any, Any]) -> str:
    if row["on"]:
        return spoken().text(str(row.get("idea", "")))
    if not row.get("lacks"):
        return str(row["why"])
    return said("statistics", "lacks", roles=row["lacks"].replace(" or ", spoken().word("lists", "or")))


def versions(model: Any) -> list[tuple[str, str]]:
    """Return the model and the libraries that made this, with their versions."""
    own = [(said("statistics", "model"), str(model.version_))] if hasattr(model, "version_") else []
    return [*own, ("Python", platform.python_version()), *((name, _version(name)) for name in _LIBRARIES)]


def _signed(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return said("evaluation", "not_defined")
    return said("evaluation", "difference", value=value, low=low, high=high)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return said("statistics", "not_installed")
