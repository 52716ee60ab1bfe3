"""What makes two nights of scores unlike beside what happened to the customers: other models, references, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cxchurn.scoring._nights import said_of
from cxchurn.scoring._words import NOT_ELIGIBLE

_SIDES = ("before", "now")
_VERSIONS = {"model_version": "another model", "references_version": "other references"}
_RULES = {"bands": "bands by another rule", "value": "values of another kind"}


def unlike(first: pd.DataFrame, second: pd.DataFrame) -> tuple[str, ...]:
    """Return what to know before two nights are compared, in words.

    Parameters
    ----------
    first, second : DataFrame
        The earlier night and the later one. By which rules they were made is in ``attrs["rules"]`` of frames from `score` and
        of Parquet files; of others it is told from the rows, as far as they show it.
    """
    nights = first, second
    return (*_dates(nights), *_versions(nights), *_rules(nights), *_first_ones(nights), *_reasons(nights))


def _dates(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    at = [said_of(night, "as_of") for night in nights]
    for side, one in zip(_SIDES, at, strict=True):
        if one is None:
            yield f"{side} does not say as of when it is: whether it is the earlier one is not known"
    if None not in at and at[0] == at[1]:
        yield "both are as of the same instant"


def _versions(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    for column, what in _VERSIONS.items():
        was, is_now = (said_of(night, column) for night in nights)
        if was != is_now:
            yield f"by {what}: {was}, now {is_now}"


def _rules(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    was, is_now = (_summary_of(night) for night in nights)
    if was is None or is_now is None:
        yield from _cuts(nights)
        return
    for name, what in _RULES.items():
        if was.get(name) != is_now.get(name):
            yield f"{what}: {was.get(name) or 'none'}, now {is_now.get(name) or 'none'}"
    if was.get("some left out") != is_now.get("some left out"):
        side = _SIDES[bool(is_now.get("some left out"))]
        yield f"{side} leaves some customers out (exclude): who is called new or gone may only have been left out"


def _summary_of(night: pd.DataFrame) -> dict[str, Any] | None:
    said = night.attrs.get("rules")
    return said if isinstance(said, dict) else None


def _cuts(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    """Say where the bands of two nights, which do not say their rule, are cut at probabilities that do not fit each other."""
    for band, below in (("high", ("medium", "low")), ("medium", ("low",))):
        least = [night.loc[night["band"] == band, "churn_probability"].min() for night in nights]
        most = [night.loc[night["band"].isin(below), "churn_probability"].max() for night in nights]
        follow = [not low < high for low, high in zip(least, most, strict=True)]
        if follow[0] != follow[1]:
            yield f"{band} follows the probability in one of them alone: by another rule, such as value or capacity"
        elif all(follow) and (least[0] < most[1] or least[1] < most[0]):
            shown = ", now ".join(f"from {one:.1%}" for one in least)
            yield f"{band} is cut at another probability ({shown}): by another rule or model, or by capacity"


def _first_ones(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    """Say which night lists only the first so many."""
    lists_rest = [bool((night["band"] == NOT_ELIGIBLE).any()) for night in nights]
    for side, night, rest, of_other in zip(_SIDES, nights, lists_rest, lists_rest[::-1], strict=True):
        summary = _summary_of(night)
        top = None if summary is None else summary.get("top")
        if top is not None:
            yield f"{side} lists the first {top:,} alone (top): who is called new or gone may only be further down"
        elif summary is None and of_other and not rest:
            yield f"{side} lists nobody who is not asked about: it may be the first so many alone"


def _reasons(nights: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[str]:
    for side, night in zip(_SIDES, nights, strict=True):
        if "reason_1" in night and "subject_1" not in night:
            yield f"{side} does not say what its reasons are about (subject_1): whether they moved is not known"
    there = ["reason_1" in night for night in nights]
    if there[0] != there[1]:
        yield f"{_SIDES[there[0]]} has no reasons: whether they moved is not known"
