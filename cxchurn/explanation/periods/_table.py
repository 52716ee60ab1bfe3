"""From what was counted to one table: every measure of every cell, and what moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DataError, Deferred, iso
from cxchurn.explanation._discovery import LEVEL, false_discovery, moved
from cxchurn.explanation.periods import _assumption
from cxchurn.explanation.periods._calendar import Calendar
from cxchurn.explanation.periods._counting import Counting
from cxchurn.explanation.periods._estimate import Estimate, Scope, mean_of, number_of, share_of
from cxchurn.explanation.periods._groups import Groups
from cxchurn.explanation.periods._kinds import Kinds
from cxchurn.explanation.periods._measures import ANSWERED, IF_ALL, MEASURES, measure_phrase
from cxchurn.explanation.periods._moments import Moments, Shape
from cxchurn.explanation.periods._quantile import quantile_of
from cxchurn.explanation.periods._surveyed import surveyed
from cxchurn.words import Phrase, Together

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_COUNTS = ("customers", "contacts")
_SHARES = ("solved", "csat")


class Measured:
    """A measure of all cells: its name, its numbers, over how many rows and customers, and which scope it has."""

    def __init__(self, name: str, estimate: Estimate, moments: Moments, scope: str) -> None:
        self.name = name
        self.estimate = estimate
        self.moments = moments
        self.scope = scope


def estimated(
    counting: Counting,
    calendar: Calendar,
    shape: Shape,
    kinds: Kinds,
    scopes: dict[str, Scope],
    assumed: str | dict[str, float],
) -> Iterator[Measured]:
    """Yield the numbers of every measure that the log has."""
    for name, moments in counting.moments.items():
        if name in _COUNTS:
            yield Measured(name, number_of(moments, calendar.days, scopes[""]), moments, "")
        elif name in _SHARES:
            yield Measured(name, share_of(moments, scopes[name]), moments, name)
        else:
            yield Measured(name, mean_of(moments, scopes[""]), moments, "")
        if name == "wait_s":
            yield Measured("wait_s_p90", quantile_of(counting.waits, shape, scopes[""]), moments, "")
    if counting.asks:
        scope = scopes["surveys"]
        for name, moments in surveyed(counting.asks, kinds.scored, shape, assumed).items():
            is_share = name.endswith(ANSWERED) or name == "csat"
            yield Measured(name, (share_of if is_share else mean_of)(moments, scope), moments, "surveys")


def table_of(measured: list[Measured], groups: Groups, calendar: Calendar, scopes: dict[str, Scope]) -> pd.DataFrame:
    """Return the cells that have any row, measure by measure within group and period, with what moved."""
    size = (len(groups), len(calendar))
    group, period = (axis.ravel() for axis in np.indices(size))
    frames = []
    for place, one in enumerate(measured):
        numbers = {name: values.ravel() for name, values in vars(one.estimate).items()}
        about = {"place": place, "group": group, "cell": period, "measure": one.name}
        counts = {"count": one.moments.rows.ravel(), "customers": one.moments.customers.ravel()}
        whole = np.broadcast_to(scopes[one.scope].whole, size).ravel()
        frames.append(pd.DataFrame({**about, **numbers, **counts, "whole": whole}).loc[one.moments.rows.ravel() > 0])
    cells = pd.concat(frames, ignore_index=True).sort_values(["group", "cell", "place"], ignore_index=True)
    if cells.empty:
        raise DataError(
            f"there is no contact from {iso(np.datetime64(calendar.since, 'us'))} "
            f"to {iso(np.datetime64(calendar.until, 'us'))}.",
            hint="choose another span.",
        )
    q = false_discovery(cells["p"].to_numpy())
    table = pd.DataFrame(
        {
            name: np.array([words[k] for words in groups.labels], dtype=object)[cells["group"]]
            for k, name in enumerate(groups.by)
        }
    )
    table["period"] = np.array(calendar.labels, dtype=object)[cells["cell"]]
    table["start"] = calendar.edges.astype("datetime64[us]")[cells["cell"]]
    for name in ("measure", "value", "low", "high"):
        table[name] = cells[name]
    table[["count", "customers"]] = cells[["count", "customers"]].astype(np.int64)
    for name in ("whole", "before", "change", "change_low", "change_high"):
        table[name] = cells[name]
    return table.assign(q=q, moved=moved(table["change"].to_numpy(), q))


def notes_of(
    table: pd.DataFrame,
    calendar: Calendar,
    counting: Counting,
    kinds: Kinds,
    assumed: str | dict[str, float],
    against: int,
) -> Iterator[str]:
    """Yield what to know before believing the numbers."""
    compared, moved_ones = int(table["q"].notna().sum()), int((table["q"] <= LEVEL).sum())
    every = Phrase("pulse", calendar.every)
    yield Phrase("pulse", "compared", every=every, against=against, compared=compared, moved=moved_ones)
    part = [name for name, whole in zip(calendar.labels, calendar.whole(), strict=True) if not whole]
    if part:
        yield Phrase("pulse", "not_whole", periods=Together(part))
    if any(str(name).endswith(IF_ALL) for name in table["measure"].unique()):
        yield _assumption.words(assumed)
    lost = sum(int((~asks.found).sum()) for asks in counting.asks)
    if lost:
        yield Phrase("pulse", "lost", n=lost, all=sum(map(len, counting.asks)))
    untyped = sum(int((asks.survey < 0).sum()) for asks in counting.asks)
    if untyped:
        yield Phrase("pulse", "untyped", n=untyped)
    if kinds.surveys:
        yield Phrase("pulse", "surveys", kinds=Together(sorted(kinds.surveys)))
    if kinds.alone:
        yield Phrase("pulse", "later_alone", n=kinds.alone)
    missing = [name for name in MEASURES if name not in set(table["measure"]) and name != "score"]
    if missing:
        yield Phrase("pulse", "missing", measures=Together(map(measure_phrase, missing)))
