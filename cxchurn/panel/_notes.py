"""What is said of the rows that a panel does not have: how many, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from cxchurn._core import UsageError, iso, span, typed
from cxchurn.interactions import InteractionLog
from cxchurn.panel._asked import Asked
from cxchurn.panel._observed import Ending
from cxchurn.panel._summary import by_reason
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.words import Phrase, Together, counted_values, some_of

if TYPE_CHECKING:
    import pandas as pd


def who_is_not(asked: Asked) -> str:
    """Return in brackets how many are not asked about, and why; nothing where everybody is."""
    said = ", ".join(f"{number:,} {why}" for why, number in asked.counts().items())
    return f" ({said})" if said else ""


def not_asked_words(asked: Asked) -> list[str]:
    """Say how many rows are not asked about, and why."""
    counts = asked.counts()
    if not counts:
        return []
    why = some_of(counted_values("not_asked", counts))
    return [Phrase("panel", "not_asked", n=sum(counts.values()), all=asked.asked.size, why=why)]


def refused_words(rows: pd.DataFrame, finished: np.ndarray, ending: Ending) -> list[str]:
    """Say which cut-offs have no row, because nobody's label window is over."""
    some = rows.assign(finished=finished).groupby("group", sort=False)["finished"].any()
    none = some.index[~some.to_numpy()]
    if not len(none) or ending.probability is not None:
        return []
    return [Phrase("panel", "refused_whole", n=len(none), cutoffs=some_of(map(str, none)), until=iso(ending.until))]


def reason_words(frame: pd.DataFrame, log: InteractionLog, churn: ChurnDefinition) -> list[str]:
    """Say why customers left, where the log knows reasons."""
    left = frame[frame["churned"] == 1]
    if getattr(churn, "reason", None) not in log.types.names or left.empty:
        return []
    shares = by_reason(left, log, churn).to_dict("records")
    said = [Phrase("panel", "reason", reason=row["reason"], share=row["share"]) for row in shares]
    return [Phrase("panel", "reasons", reasons=some_of(said, most=8))]


def left_out_words(left_out: pd.Series, late: pd.Series, churn: ChurnDefinition) -> list[str]:
    """Say how many rows neither stayed nor churned, and how many had ended already."""
    said: list[str] = []
    if left_out.sum():
        but = getattr(churn, "but", ())
        causes = [Phrase("panel", "for_reasons", reasons=Together(but, "or"))] if but else []
        causes += [Phrase("panel", "in_gap")] if span(churn.gap, zero=True).microseconds else []
        said.append(Phrase("panel", "left_out", n=int(left_out.sum()), causes=Together(causes, "or")))
    if late.sum():
        said.append(Phrase("panel", "known_late", n=int(late.sum())))
    return said


def refuse_all(log: InteractionLog, churn: ChurnDefinition, times: np.ndarray, ending: Ending) -> NoReturn:
    """Raise an error for rows of which none has a finished label window."""
    earliest = times.min() + churn.reach
    raise UsageError(
        f"no label window is finished: the first ends on {iso(earliest)}, {ending}.",
        allowed=f"a cut-off, a gap ({churn.gap}) and a horizon ({churn.horizon}) that end within what was observed"
        f" ({iso(log.start)} to {iso(ending.until)})",
        hint="choose earlier cut-offs or a shorter horizon."
        if ending.probability is None
        else f"load what is missing, or {_complete()} if it is complete; or choose earlier cut-offs.",
    )


def _complete() -> str:
    return typed("read the log with observed_until=", "say observed_until under [log]")
