"""Customers at risk in segments, by what can be told to be the reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, instant, iso
from cxchurn.explanation._explain import explain
from cxchurn.explanation._explanation import Explanation
from cxchurn.explanation._grouping import NO_REASON, NOT_AT_RISK, OTHER, Grouping, grouped
from cxchurn.explanation._segment_result import Segments
from cxchurn.features import subject_words
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, probability_of_raw
from cxchurn.panel import rows_at, values_of
from cxchurn.words import Phrase, said, speaking

# those that stand last, and their words in the language file
_LAST = {OTHER: "other", NO_REASON: "no_reason", NOT_AT_RISK: "not_at_risk"}


def segments(
    given: Explanation | ChurnModel,
    log: InteractionLog | None = None,
    *,
    at: Any = None,
    value: Any = None,
    churned: Any = None,
    at_least: float | None = None,
    fewest: int = 20,
) -> Segments:
    """Group customers at risk by the reason of it: how many, at what risk, worth what, and whether one can act on it.

    A customer belongs to the weightiest experience that raises the risk by at least half a point and can be told; where there
    is none, to the first reason. Reasons are those of `Explanation.reasons`.

    Parameters
    ----------
    given : Explanation, or ChurnModel
        An explanation; or a model, with `log`, for everybody who is asked about at `at`.
    log : InteractionLog, optional
        For a model, and for values. Default: the log of the explanation.
    at : instant, optional
        With a model: the cut-off. Default: the end of the log.
    value : str, path, frame, Series or mapping, optional
        What customers are worth: an attribute, or a table of ids and money.
    churned : array of shape (n,), optional
        What came of each row of the explanation: 1 for who left.
    at_least : float, optional
        From which probability on a customer is at risk. Default: where the model's medium band begins; of an explanation that
        knows no bands, the base that reasons are counted from.
    fewest : int, default 20
        Segments of fewer customers are put together as other reasons.

    Returns
    -------
    Segments

    Examples
    --------
    >>> cx.segments(model, log, at="2024-11-15").table.columns[:6].tolist()
    ['segment', 'subject', 'theme', 'actionable', 'at_risk', 'rows']
    """
    explanation, log = _explained(given, log, at)
    least = _from_bands(explanation) if at_least is None else _probability(at_least)
    if isinstance(fewest, bool) or not isinstance(fewest, (int, np.integer)) or fewest < 1:
        raise UsageError(f"fewest is {fewest!r}.", allowed="a whole number, 1 or more")
    found = grouped(explanation, explanation.probability >= least)
    rows = explanation.rows[["customer_id", "cutoff"]].reset_index(drop=True)
    rows["churn_probability"] = explanation.probability
    rows["subject"] = found.subject
    names = np.array([*(says.name for says in explanation.says), ""], dtype=object)
    rows["column"], rows["points"] = names[found.column], found.points
    sizes = rows.groupby("subject")["customer_id"].nunique()
    small = [name for name, size in sizes.items() if size < fewest and name not in _LAST]
    rows["subject"] = rows["subject"].where(~rows["subject"].isin(small), OTHER)
    with speaking(explanation.language):
        rows.insert(3, "segment", rows["subject"].map(_words))
        numbers, notes = _numbers(rows, log, value, churned)
        table = _table(rows.assign(**numbers), explanation, found)
    rows["subject"] = rows["subject"].where(~rows["subject"].isin(_LAST), "")
    return Segments(table, rows, least, (*notes, Phrase("segments", "note")), explanation.language)


def _explained(
    given: Explanation | ChurnModel, log: InteractionLog | None, at: Any
) -> tuple[Explanation, InteractionLog | None]:
    if isinstance(given, Explanation):
        if not len(given):
            raise UsageError("the explanation has no rows.", hint="explain some customers.")
        if at is not None:
            raise UsageError("at is given with an explanation, which has its own cut-offs.", hint="leave it out.")
        over = None if given.over is None else given.over.log
        return given, log if log is not None else over
    if log is None:
        raise UsageError(
            f"segments got a {type(given).__name__} and no log.",
            allowed="an explanation, or a model and a log",
            hint="segments(model, log)",
        )
    moment = log.observed_until if at is None else instant(at, name="at", timezone=log.timezone)
    rows, asked = rows_at(log, given.churn_, [moment])
    rows = rows.loc[asked.asked, ["customer_id", "cutoff"]].reset_index(drop=True)
    if rows.empty:
        raise UsageError(f"nobody is asked about at {iso(moment)}.", hint="choose another cut-off.")
    return explain(given, rows, log=log), log


def _from_bands(explanation: Explanation) -> float:
    """Return from which probability on customers are at risk: in the medium or the high band, as scores have it."""
    if explanation.bands is not None:
        return explanation.bands.medium
    return float(probability_of_raw(np.array(explanation.base)))


def _probability(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, np.floating)) or not 0 <= given <= 1:
        raise UsageError(f"at_least is {given!r}.", allowed="a probability from 0 to 1", hint="such as 0.2")
    return float(given)


def _words(subject: str) -> str:
    return said("segments", _LAST[subject]) if subject in _LAST else subject_words(subject)


def _numbers(
    rows: pd.DataFrame, log: InteractionLog | None, value: Any, churned: Any
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return what further is known of each row: whether the customer left, and the money."""
    numbers: dict[str, np.ndarray] = {}
    notes: list[str] = []
    if churned is not None:
        labels = np.asarray(churned, dtype=np.float64)
        if labels.shape != (len(rows),) or not np.isin(labels, (0, 1)).all():
            raise UsageError("churned is not one 0 or 1 for each row of the explanation.", allowed="0 and 1")
        numbers["churned"] = labels
    if value is not None:
        if log is None:
            raise UsageError("values need the log.", hint="segments(explanation, log, value=...)")
        money = np.full(len(rows), np.nan)
        for moment in np.unique(rows["cutoff"].to_numpy().astype("datetime64[us]")):
            own = rows["cutoff"].to_numpy().astype("datetime64[us]") == moment
            found = values_of(log, value, rows.loc[own, "customer_id"].to_numpy(), moment)
            money[own] = found.money
            notes += [f"{note[:1].upper()}{note[1:]}." for note in found.notes]
        numbers["money"] = money
    return numbers, list(dict.fromkeys(notes))


def _table(rows: pd.DataFrame, explanation: Explanation, found: Grouping) -> pd.DataFrame:
    lines = [_line(str(subject), own, len(rows), explanation) for subject, own in rows.groupby("subject")]
    last = list(_LAST)
    order = sorted(
        lines, key=lambda one: (last.index(one["key"]) if one["key"] in _LAST else -1, -one["customers"], one["key"])
    )
    return pd.DataFrame(order).drop(columns="key")


def _line(subject: str, own: pd.DataFrame, everybody: int, explanation: Explanation) -> dict[str, Any]:
    column, sentence = ("", "") if subject in _LAST else _telling(own, explanation)
    says = {one.name: one for one in explanation.says}.get(column)
    probability = own["churn_probability"]
    line = {
        "key": subject,
        "segment": _words(subject),
        "subject": "" if subject in _LAST else subject,
        "theme": says.theme if says is not None else "",
        "actionable": says is not None and says.actionable,
        "at_risk": subject != NOT_AT_RISK,
        "rows": len(own),
        "customers": own["customer_id"].nunique(),
        "share": len(own) / everybody,
        "probability": float(probability.mean()),
        "leavers": float(probability.sum()),
        "points": float(own["points"].median()) if own["points"].notna().any() else np.nan,
        "column": column,
        "sentence": sentence,
    }
    if "churned" in own:
        line["churn_rate"] = float(own["churned"].mean())
    if "money" in own:
        line["value"] = float(own["money"].sum())
        line["value_at_risk"] = float((own["money"] * probability).sum())
    return line


def _telling(own: pd.DataFrame, explanation: Explanation) -> tuple[str, str]:
    """Return the column that tells a segment's reason most often, and its sentence for the median of those it tells it of."""
    counts = own["column"].value_counts()
    column = min(counts.index[counts == counts.max()])
    rows = own.index[own["column"] == column]
    values = np.sort(explanation.features[column].to_numpy()[rows])
    says = next(one for one in explanation.says if one.name == column)
    sentence = says.sentence(float(values[(values.size - 1) // 2]))
    return column, sentence[:1].upper() + sentence[1:]
