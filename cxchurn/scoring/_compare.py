"""Comparing two nights of scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, iso
from cxchurn.scoring._comparison import AGAIN, CHANGES, DOWN, GONE, NEVER, NEW, NO_LONGER, SAME, UP, ScoreComparison
from cxchurn.scoring._nights import night_of, said_of, timezone_of
from cxchurn.scoring._unlike import unlike
from cxchurn.scoring._words import NOT_ELIGIBLE

_RANK = {"low": 0, "medium": 1, "high": 2}


def compare_scores(before: Any, now: Any) -> ScoreComparison:
    """Tell what changed from one night of scores to a later one: who is new at risk, who left it, whose reasons moved.

    Parameters
    ----------
    before, now : DataFrame or path
        From `score`, or the files of `score_to` (or the folder of one night, ``scores/night=2025-01-01T000000Z``).

    Returns
    -------
    ScoreComparison

    Raises
    ------
    UsageError
        Where one of them is no table of scores, or `before` is of the later night.

    Examples
    --------
    >>> monday, tuesday = cx.score(model, log, at="2024-11-04"), cx.score(model, log, at="2024-11-05")
    >>> print(cx.compare_scores(monday, tuesday))
    Scores as of 2024-11-04 and 2024-11-05 (UTC)
    <BLANKLINE>
                                      before           now        change
      customers                          300           300             0
      ...
    """
    first, second = night_of(before, name="before"), night_of(now, name="now")
    at = [said_of(one, "as_of") for one in (first, second)]
    if all(one is not None for one in at) and at[0] > at[1]:
        raise UsageError(
            f"before is as of {at[0]}, which is later than {at[1]}.", hint="give them the other way round."
        )
    customers = _customers(first, second)
    names = [("?" if one is None else iso(one.to_datetime64())) for one in at]
    return ScoreComparison(
        _summary(first, second),
        customers,
        _reasons(first, second),
        names[0],
        names[1],
        unlike(first, second),
        timezone_of(second) or timezone_of(first) or "UTC",
    )


def _customers(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    both = [name for name in ("not_asked", "reason_1", "subject_1") if name in first and name in second]
    names = ["churn_probability", "band", *both]
    sides = [
        one.set_index(_ids(one, first, second))[names].add_suffix(f"_{side}")
        for one, side in ((first, "before"), (second, "now"))
    ]
    table = sides[0].join(sides[1], how="outer")
    table.columns = [str(name).replace("churn_probability", "probability").replace("_1_", "_") for name in table]
    there = [table.index.isin(side.index) for side in sides]
    asked = [
        here & (table[f"band_{side}"] != NOT_ELIGIBLE) for here, side in zip(there, ("before", "now"), strict=True)
    ]
    rank = [table[f"band_{side}"].map(_RANK) for side in ("before", "now")]
    ways: list[Any] = [
        ~there[0],
        ~there[1],
        ~asked[0] & ~asked[1],
        ~asked[0],
        ~asked[1],
        rank[0] < rank[1],
        rank[0] > rank[1],
    ]
    names_of_ways: list[Any] = [NEW, GONE, NEVER, AGAIN, NO_LONGER, UP, DOWN]
    table["change"] = np.select(ways, names_of_ways, default=SAME)  # type: ignore[call-overload]
    table["probability_change"] = table["probability_now"] - table["probability_before"]
    if "subject_before" in table:
        about = [table[f"subject_{side}"].fillna("").astype(str) for side in ("before", "now")]
        table["reason_moved"] = asked[0] & asked[1] & (about[0] != about[1])
    return _ordered(table)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    place = table["change"].map({name: k for k, name in enumerate(CHANGES)})
    size = table["probability_change"].abs().fillna(table["probability_now"]).fillna(0.0)
    order = np.lexsort((np.arange(len(table)), -size.to_numpy(dtype=float), place.to_numpy()))
    table = table.iloc[order].rename_axis("customer_id").reset_index()
    wanted = ("change", "band", "probability", "not_asked", "reason", "subject")
    columns = [
        name for stem in wanted for name in (stem, f"{stem}_before", f"{stem}_now", f"{stem}_change") if name in table
    ]
    return table[["customer_id", *columns, *(["reason_moved"] if "reason_moved" in table else [])]]


def _ids(one: pd.DataFrame, first: pd.DataFrame, second: pd.DataFrame) -> pd.Index:
    """Return the ids as both nights have them: a text file knows no whole numbers."""
    ids = one["customer_id"]
    alike = pd.api.types.is_integer_dtype(first["customer_id"]) == pd.api.types.is_integer_dtype(second["customer_id"])
    return pd.Index(ids if alike else ids.astype(str))


def _summary(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    asked = [one[one["band"] != NOT_ELIGIBLE] for one in (first, second)]
    rows: list[tuple[Any, ...]] = [
        ("customers", len(first), len(second)),
        ("asked about", len(asked[0]), len(asked[1])),
    ]
    rows.append(("mean probability", *(float(one["churn_probability"].mean()) for one in asked)))
    rows += [(band, *(int((one["band"] == band).sum()) for one in asked)) for band in reversed(_RANK)]
    if all("expected_loss" in one for one in asked):
        rows.append(("expected loss", *(float(one["expected_loss"].sum()) for one in asked)))
    table = pd.DataFrame(rows, columns=["what", "before", "now"])
    return table.assign(change=table["now"] - table["before"])


def _reasons(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    names = ["subject", "before", "now", "share_before", "share_now", "share_change"]
    if not all("subject_1" in one for one in (first, second)):
        return pd.DataFrame(columns=names)
    said = [one.loc[one["band"] != NOT_ELIGIBLE, "subject_1"].fillna("").astype(str) for one in (first, second)]
    counts = [one[one != ""].value_counts() for one in said]
    table = (
        pd.DataFrame({"before": counts[0], "now": counts[1]}).fillna(0).astype(int).rename_axis("subject").reset_index()
    )
    for side, one in zip(("before", "now"), said, strict=True):
        table[f"share_{side}"] = table[side] / max(1, len(one))
    table["share_change"] = table["share_now"] - table["share_before"]
    order = np.lexsort((table["subject"].to_numpy(dtype=str), -table["share_change"].abs().to_numpy()))
    return table.iloc[order].reset_index(drop=True)[names]
