"""What raises the risk of those at high risk: what tells what to mend as a table, the rest in a sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxchurn.explanation import points_said
from cxchurn.features import matter_of, subject_words
from cxchurn.report.page._sheet import Columns, of_hundred, sheet
from cxchurn.words import Together, said

_MOST = 8
# what is a reason for fewer than one in a hundred is not what to begin with
_LEAST = 0.01


def levers(
    details: pd.DataFrame | None, scores: pd.DataFrame | None, explained: pd.Series | None
) -> dict[str, Any] | None:
    """Return what raises the risk of those at high risk, the most frequent first: a table, and a sentence.

    Parameters
    ----------
    details : DataFrame or None
        As `Explanation.details`: customer_id, side, theme, driver, points, actionable.
    scores : DataFrame or None
        With the band of each customer; without it all who are explained count. Those already silent stand apart.
    explained : Series or None
        The customers whose details these are.

    Returns
    -------
    dict or None
        ``table`` (Sheet or None), of what can be acted on; ``rest`` (str), of what cannot, "" where that is nothing.
    """
    if details is None or explained is None:
        return None
    high = explained if scores is None or "band" not in scores else _at_high_risk(scores)
    told = details[(details["side"] == "raises") & details["customer_id"].isin(high)]
    if not len(told):
        return None
    rows = _subjects(told, explained[explained.isin(high)].nunique())
    can = rows["actionable"].astype(bool)
    columns: Columns = {
        "subject": (said("page", "head_about"), str),
        "share": (said("page", "head_reason_for"), of_hundred),
        "points": (said("page", "head_raises_by"), _weight),
    }
    table = sheet(rows[can].head(_MOST), columns) if can.any() else None
    return {"table": table, "rest": _rest(rows[~can].head(_MOST))}


def _at_high_risk(scores: pd.DataFrame) -> pd.Series:
    """Return the customers of the page's first table: of those silent for too long it says that they stand apart."""
    high = scores[scores["band"] == "high"]
    here = high[~high["already_silent"].astype(bool)] if "already_silent" in high else high
    return (here if len(here) else high)["customer_id"]


def _subjects(told: pd.DataFrame, customers: int) -> pd.DataFrame:
    subjects = [subject_words(matter_of(*of)) for of in zip(told["theme"], told["driver"], strict=True)]
    rows = (
        told.assign(subject=subjects)
        .groupby("subject", sort=False)
        .agg(customers=("customer_id", "nunique"), points=("points", "mean"), actionable=("actionable", "max"))
    )
    rows["share"] = rows["customers"] / customers
    rows = rows[rows["share"] >= _LEAST]
    return rows.sort_values("customers", ascending=False, kind="stable").reset_index()


def _rest(rows: pd.DataFrame) -> str:
    if not len(rows):
        return ""
    told = [
        said("page", "lever", subject=row["subject"], share=of_hundred(row["share"]), points=_weight(row["points"]))
        for row in rows.to_dict("records")
    ]
    return said("page", "rest", levers=Together(told, "semicolon"))


def _weight(value: float) -> str:
    return points_said(value, signed=False)
