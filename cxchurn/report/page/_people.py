"""The customers on a page: who can still be kept, in which order, and with which reasons."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from cxchurn.explanation import points_said
from cxchurn.report.page._sheet import money
from cxchurn.words import said, value_words, written

_REASON = re.compile(r"reason_(\d+)")


def can_be_kept(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of those who are asked about and have not been silent for too long already, the first to look at first.

    The first are those with the most to lose, where values are known, else those with the highest probability.
    """
    asked = scores.dropna(subset="churn_probability")
    here = asked[~asked["already_silent"].astype(bool)] if "already_silent" in asked else asked
    by = ["expected_loss", "churn_probability"] if has_values(scores) else ["churn_probability"]
    return here.sort_values(by, ascending=False, kind="stable")


def has_values(scores: pd.DataFrame) -> bool:
    """Whether it is known what customers are worth."""
    return "expected_loss" in scores and bool(scores["expected_loss"].notna().any())


def reasons_of(row: dict[Any, Any]) -> list[dict[str, str]]:
    """Return a customer's reasons: the sentence, and its weight in points where that is known."""
    found = []
    for name, text in row.items():
        if _REASON.fullmatch(str(name)) and not pd.isna(text) and str(text):
            found.append({"text": str(text), "points": _weight(row.get(str(name).replace("reason", "points")))})
    return found


def person(row: dict[Any, Any]) -> dict[str, Any]:
    """Return what a page shows of one customer."""
    loss = row.get("expected_loss")
    unknown = loss is None or pd.isna(loss)
    return {
        "id": row["customer_id"],
        "customer": str(row["customer_id"]),
        "probability": written(row["churn_probability"], ".0%"),
        "width": f"{row['churn_probability']:.3f}",
        "band": "" if pd.isna(row.get("band")) else said("page", "band_risk", band=value_words("bands", row["band"])),
        "worth": "" if unknown else said("page", "person_worth", worth=money(row["value"]), loss=money(loss)),
        "reasons": reasons_of(row),
    }


def _weight(points: Any) -> str:
    return "" if points is None or pd.isna(points) else points_said(points)
