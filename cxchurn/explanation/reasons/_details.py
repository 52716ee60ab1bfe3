"""Reasons in detail: one row a reason, with what it weighs, the customer's number, and what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.reasons._chosen import Chosen
from cxchurn.explanation.reasons._reasons import sentences
from cxchurn.explanation.reasons._telling import Telling
from cxchurn.explanation.reasons._usual_own import usual_own
from cxchurn.features import FeatureSet, Says, matter_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

RAISES, LOWERS = "raises", "lowers"


def detail_table(
    telling: Telling, sides: dict[str, Chosen], rows: pd.DataFrame, X: np.ndarray, features: FeatureSet | None
) -> pd.DataFrame:
    """Return every chosen reason as a row; for the columns see `Explanation.details`.

    Parameters
    ----------
    telling : Telling
    sides : dict of str to Chosen
        What raises the risk, and what lowers it.
    rows : DataFrame
        ``customer_id`` and ``cutoff``.
    X : ndarray, shape (n, columns)
    features : FeatureSet or None
        Over the log, for the customers' own usual.
    """
    placed = pd.concat([_placed(chosen, side) for side, chosen in sides.items()], ignore_index=True)
    order = np.lexsort((placed["reason"], placed["side"] != RAISES, placed["row"]))
    told = placed.iloc[order].reset_index(drop=True)
    row, column = told["row"].to_numpy(), told["column"].to_numpy()
    says = [telling.says[one] for one in column]
    usual_all = np.array([telling.usual(one) for one in says], dtype=np.float64)
    own = usual_own(features, list(telling.says), rows, told)
    table = rows[["customer_id", "cutoff"]].iloc[row].reset_index(drop=True)
    table["side"], table["reason"] = told["side"], told["reason"]
    for name in ("theme", "driver"):
        table[name] = pd.Series([getattr(one, name) for one in says], dtype="str")
    table["subject"] = pd.Series([matter_of(one.theme, one.driver) for one in says], dtype="str")
    table["column"] = pd.Series([one.name for one in says], dtype="str")
    table["sentence"] = pd.Series(sentences(column, X[row], telling), dtype="str")
    table["points"] = told["points"]
    table["actionable"] = np.array([one.actionable for one in says], dtype=bool)
    for name, values in (("value", X[row, column]), ("usual_own", own), ("usual_all", usual_all)):
        table[name] = values
        table[f"{name}_said"] = pd.Series(
            [said(one, value) for one, value in zip(says, values, strict=True)], dtype="str"
        )
    ruled = np.array([telling.is_rule(one) for one in says], dtype=bool)
    table["usual_all_said"] = table["usual_all_said"].where(ruled, "")
    return table


def said(says: Says, value: float) -> str:
    """Return a value as a sentence would write it: a label, an amount, "" for what is missing or has no number."""
    return says.label_of(value) if says.levels is not None else says.amount(value) or ""


def _placed(chosen: Chosen, side: str) -> pd.DataFrame:
    reason, row = np.nonzero(chosen.columns >= 0)
    return pd.DataFrame(
        {
            "row": row,
            "side": side,
            "reason": reason + 1,
            "column": chosen.columns[reason, row],
            "points": chosen.points[reason, row],
        }
    )
