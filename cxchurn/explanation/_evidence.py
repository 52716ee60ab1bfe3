"""The interactions behind a reason: those without which the number would be another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, UsageError, instants
from cxchurn.explanation._explanation import Explanation
from cxchurn.explanation._which_row import row_of
from cxchurn.explanation.reasons._chosen import check_most
from cxchurn.features import FeatureSet, only_columns
from cxchurn.history import History, Labels, Times, histories_of, seen_at, without_each
from cxchurn.interactions import in_zone

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# events that stand in the pasts that are looked at at once
_MOST = 2_000_000
# sums are added up in another order without an event: what differs by less is a rounding
_SAME = 1e-9
_ABOUT = {"side": "str", "reason": "int64", "sentence": "str", "points": "float64"}
# what every interaction has, and what tells no number
_GIVEN = frozenset(("", "timestamp", "known_at", "kind", "touchpoint", "later", "customer_id", "direction"))


def evidence(
    explanation: Explanation, customer: Any, *, cutoff: Any = None, top: int = 3, most: int | None = 5
) -> pd.DataFrame:
    """Return the interactions behind the reasons of one customer, with what each did to the number.

    An interaction is behind a number that would be another without it: each one is taken out of the customer's past, and the
    number worked out again. Behind a silence there is none.

    Parameters
    ----------
    explanation : Explanation
        From `explain`, with the log at hand.
    customer : int or str
        One of its customers.
    cutoff : instant, optional
        Which of the customer's rows. Default: the last one.
    top : int, default 3
        How many reasons at most on either side; see `Explanation.details`.
    most : int, optional
        How many interactions of a reason at most, those that move the number most. Default: 5; None for all.

    Returns
    -------
    DataFrame
        One row an interaction, in the order of the reasons and of time: ``side``, ``reason``, ``sentence``, ``points`` (as in
        `Explanation.details`); ``timestamp`` (when it happened), ``kind``, ``touchpoint`` (where the log has them), ``numbers``
        (in words, what else of it the number is made of), ``value`` (the number) and ``without`` (the number without it).

    Raises
    ------
    UsageError
        For a customer whom the explanation does not have, or an explanation without a log.

    Examples
    --------
    >>> cx.evidence(explanation, "C-000042").columns.tolist()
    ['side', 'reason', 'sentence', 'points', 'timestamp', 'kind', 'touchpoint', 'numbers', 'value', 'without']
    """
    if most is not None:
        check_most("most", most)
    row, features = row_of(explanation, customer, cutoff), _over(explanation)
    details = explanation.take([row]).details(top)
    at = instants(explanation.rows["cutoff"].iloc[[row]], name="cutoff")
    past = _Past.of(features, explanation.rows["customer_id"].to_numpy()[row : row + 1], at)
    made = [_behind(past, features, one, most) for one in details.to_dict("records")]
    tables = [table for table in made if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else past.nothing()


class _Past:
    """One customer's events before a cut-off."""

    def __init__(self, history: History, position: int, who: np.ndarray, at: np.ndarray) -> None:
        self.history, self.position, self.who, self.at = history, position, who, at
        first, end = history.offsets[position : position + 2]
        self.first = int(first)
        self.stop = int(first + np.searchsorted(history.place[first:end], at[0].astype(np.int64)))
        self.about = ["timestamp", *(name for name in ("kind", "touchpoint") if name in history.columns)]

    @classmethod
    def of(cls, features: FeatureSet, who: np.ndarray, at: np.ndarray) -> _Past:
        """Look a customer up in the log of a feature set."""
        assert features.log is not None
        histories = histories_of(in_zone(features.log, features.timezone_))
        place = int(histories.positions(who)[0])
        if place < 0:
            raise UsageError(f"the log knows no customer {who[0]!r}.", hint="explain the customers of the log itself.")
        part = int(histories.part[place])
        return cls(histories.open(part).history(part), int(histories.local[place]), who, at)

    @property
    def events(self) -> np.ndarray:
        """Where the events before the cut-off stand in the history."""
        return np.arange(self.first, self.stop)

    def without(self, features: FeatureSet) -> np.ndarray:
        """Return the one number that a feature set makes, without each of the events; float64, shape ``(events,)``."""
        plan = features.plan()
        numbers = np.empty((len(plan.names), self.events.size))
        size = max(1, _MOST // max(1, self.events.size))
        for begin in range(0, self.events.size, size):
            some = self.events[begin : begin + size]
            pasts = without_each(self.history, self.position, self.stop, some)
            who, at = np.repeat(self.who, some.size), np.repeat(self.at, some.size)
            seen = seen_at(pasts, np.arange(some.size), who, at, **plan.about)
            plan.fill(seen, numbers, slice(begin, begin + some.size), more=True)
        return numbers[0]

    def value(self, features: FeatureSet) -> float:
        """Return the one number that a feature set makes."""
        plan = features.plan()
        number = np.empty((len(plan.names), 1))
        seen = seen_at(self.history, np.array([self.position]), self.who, self.at, **plan.about)
        plan.fill(seen, number, slice(0, 1), more=True)
        return float(number[0, 0])

    def table(self, events: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
        """Return some of the events, with the numbers of these columns in words."""
        columns = {name: _shown(self.history, name, events) for name in self.about}
        told = [list(_numbers(self.history, names, event)) for event in events.tolist()]
        return pd.DataFrame({**columns, "numbers": pd.Series(["; ".join(one) for one in told], dtype="str")})

    def nothing(self) -> pd.DataFrame:
        """Return the table of no event."""
        table = self.table(self.events[:0], ()).assign(value=0.0, without=0.0)
        for place, (name, kind) in enumerate(_ABOUT.items()):
            table.insert(place, name, pd.Series(dtype=kind))
        return table


def _behind(past: _Past, features: FeatureSet, reason: Mapping[Any, Any], most: int | None) -> pd.DataFrame:
    """Return the events without which a reason's number would be another."""
    alone = only_columns(features, [reason["column"]])
    value, without = past.value(alone), past.without(alone)
    gone = np.isnan(without) != np.isnan(value)
    moved = np.where(gone, np.inf, np.abs(without - value))
    behind = np.flatnonzero(gone | (moved > _SAME * max(abs(value), 1e-300)))
    # those that move it most, of equal ones the last
    order = np.lexsort((-behind, -moved[behind]))
    chosen = np.sort(behind[order if most is None else order[:most]])
    asked = features_read(alone, past.history)
    table = past.table(past.events[chosen], asked)
    for place, name in enumerate(_ABOUT):
        table.insert(place, name, reason[name])
    table["value"], table["without"] = value, without[chosen]
    # events stand in the order in which they became known
    return table.sort_values("timestamp", kind="stable", ignore_index=True)


def features_read(features: FeatureSet, history: History) -> tuple[str, ...]:
    """Return the columns of the log whose values features are made of, beside when, what and where."""
    program = features.plan().recorded(history).program
    read = {str(one.name) for one in (*program.numbers, *program.whole)}
    return tuple(sorted(read - _GIVEN))


def _shown(history: History, name: str, events: np.ndarray) -> Any:
    column = history.columns[name]
    if isinstance(column, Times):
        return column.values[events].astype("datetime64[us]")
    assert isinstance(column, Labels)
    codes = column.values[events]
    return pd.Series([column.levels[code] if code >= 0 else "" for code in codes.tolist()], dtype="str")


def _numbers(history: History, names: tuple[str, ...], event: int) -> Iterator[str]:
    for name in names:
        column = history.columns.get(name)
        if column is None or not column.present[event]:
            continue
        if isinstance(column, Labels):
            yield f"{name} {column.levels[column.values[event]]}"
        elif isinstance(column, Times):
            yield f"{name} {column.values[event : event + 1].astype('datetime64[us]')[0].astype('datetime64[m]')}"
        else:
            yield f"{name} {column.values[event]:,.6g}"


def _over(explanation: Explanation) -> FeatureSet:
    if explanation.over is None or explanation.over.log is None:
        raise UsageError(
            "this explanation has no log.",
            allowed="one that explain(model, panel) made",
            hint="explain_features(model, rows, features, log=log)",
        )
    return explanation.over
