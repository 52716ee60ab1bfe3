"""Comparing two nights of scores."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, iso
from cxchurn.scoring._comparison import AGAIN, CHANGES, DOWN, GONE, NEVER, NEW, NO_LONGER, SAME, UP, ScoreComparison
from cxchurn.scoring._nights import night_of, said_of
from cxchurn.scoring._unlike import unlike
from cxchurn.scoring._words import NOT_ELIGIBLE
from cxchurn.words import plural

_RANK = {"low": 0, "medium": 1, "high": 2}
# a sentence without its numbers: the same matter, however it has moved
_USUAL = re.compile(r" \(usual: [^)]*\)$")
_NUMBER = re.compile(r"[-+]?\d[\d,.]*(%?)")
# what is said in place of a number, or around one
_IN_WORDS = (
    (re.compile(r"\b(?:once|twice)\b"), "n times"),
    (re.compile(r"\b(?:less than|more than|almost) (?=n\b)"), ""),
    (re.compile(r"\b(?:slightly|clearly|far) (?=more|fewer|less|longer|better|worse|busier|outweighed)"), ""),
    (re.compile(r"\b(felt) (?:very good|very bad|good|bad|neither good nor bad)\b", re.IGNORECASE), r"\1 good or bad"),
)
_ALONE = re.compile(r"(?<![\d,.%+-])1 ([a-z]+(?: [a-z]+)*)")
_SPAN = re.compile(r"\bn (?:years|days|hours|minutes|seconds)\b")
# what comes after the noun that is counted, or stands in its place
_AFTER = re.compile(
    r"\b(?:a|after|ago|an|and|as|at|before|between|by|for|from|higher|in|is|later|less|longer|lower|more|of|off|on|open|or|past"
    r"|per|since|taken|than|that|the|to|which|with|without)\b"
)


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
    >>> print(compare_scores("monday.parquet", "tuesday.parquet"))  # doctest: +SKIP
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
        _summary(first, second), customers, _reasons(first, second), names[0], names[1], unlike(first, second)
    )


def without_numbers(sentence: str) -> str:
    """Return a reason without its numbers, which says what it is about.

    Examples
    --------
    >>> without_numbers("Had 3 contacts in the last 30 days (usual: 1 contact)")
    'Had n contacts in the last n days'
    """
    several = _ALONE.sub(lambda match: f"2 {_many(match[1])}", _USUAL.sub("", sentence))
    bare = _NUMBER.sub(r"n\1", several)
    for words, number in _IN_WORDS:
        bare = words.sub(number, bare)
    # all lengths of time are days
    return _SPAN.sub("n days", bare)


def _many(words: str) -> str:
    """Return words that follow a one with the noun they begin with, where they do, in the plural."""
    after = _AFTER.search(words)
    noun, rest = (words, "") if after is None else (words[: after.start()], words[after.start() :])
    return f"{plural(noun.rstrip())} {rest}".rstrip() if noun else rest


def _customers(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    names = ["churn_probability", "band", *(n for n in ("not_asked", "reason_1") if n in first and n in second)]
    sides = [
        one.set_index(_ids(one, first, second))[names].add_suffix(f"_{side}")
        for one, side in ((first, "before"), (second, "now"))
    ]
    table = sides[0].join(sides[1], how="outer")
    table.columns = [
        str(name).replace("churn_probability", "probability").replace("reason_1", "reason") for name in table
    ]
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
    if "reason_before" in table:
        about = [table[f"reason_{side}"].fillna("").astype(str).map(without_numbers) for side in ("before", "now")]
        table["reason_moved"] = asked[0] & asked[1] & (about[0] != about[1])
    return _ordered(table)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    place = table["change"].map({name: k for k, name in enumerate(CHANGES)})
    size = table["probability_change"].abs().fillna(table["probability_now"]).fillna(0.0)
    order = np.lexsort((np.arange(len(table)), -size.to_numpy(dtype=float), place.to_numpy()))
    table = table.iloc[order].rename_axis("customer_id").reset_index()
    wanted = ("change", "band", "probability", "not_asked", "reason")
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
    names = ["reason", "before", "now", "share_before", "share_now", "share_change"]
    if not all("reason_1" in one for one in (first, second)):
        return pd.DataFrame(columns=names)
    said = [one.loc[one["band"] != NOT_ELIGIBLE, "reason_1"].fillna("").astype(str) for one in (first, second)]
    counts = [one[one != ""].map(without_numbers).value_counts() for one in said]
    table = (
        pd.DataFrame({"before": counts[0], "now": counts[1]}).fillna(0).astype(int).rename_axis("reason").reset_index()
    )
    for side, one in zip(("before", "now"), said, strict=True):
        table[f"share_{side}"] = table[side] / max(1, len(one))
    table["share_change"] = table["share_now"] - table["share_before"]
    order = np.lexsort((table["reason"].to_numpy(dtype=str), -table["share_change"].abs().to_numpy()))
    return table.iloc[order].reset_index(drop=True)[names]
