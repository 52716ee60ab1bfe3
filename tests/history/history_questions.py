"""Every question one can ask a window, each beside its obvious answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn.history import Events, Measure, Where, Window, label_is, where

from . import _oracle as o
from ._oracle import DAY, Event

Ask = Callable[[Window], np.ndarray]
Answer = Callable[[list[Event], int], float]


@dataclass(frozen=True)
class Worth(Measure):
    """The value of an interaction that was not outbound, else the score: an own measure of tests."""

    def compute(self, events: Events) -> np.ndarray:
        return np.where(events.is_one_of("direction", "outbound"), events["score"], events["value"])


def worth(event: Event) -> float | None:
    return event["score"] if event["direction"] == "outbound" else event["value"]


CONDITIONS: dict[str, tuple[Where, Callable[[Event], bool]]] = {
    "a label": (where(kind="purchase"), lambda e: e["kind"] == "purchase"),
    "one of two labels": (where(kind=("visit", "call")), lambda e: e["kind"] in ("visit", "call")),
    "a label by variable": (label_is("touchpoint", "web", "app"), lambda e: e["touchpoint"] in ("web", "app")),
    "a flag": (where(resolved=False), lambda e: e["resolved"] is False),
    "one of two numbers": (where(score=(1, 5)), lambda e: e["score"] in (1.0, 5.0)),
    "unless a label": (where(unless={"direction": "outbound"}), lambda e: e["direction"] != "outbound"),
    "unless labels": (where(unless={"touchpoint": ("web", "app")}), lambda e: e["touchpoint"] not in ("web", "app")),
    "unless a number": (where(unless={"value": 1}), lambda e: e["value"] != 1.0),
    "at least": (where(at_least={"value": 0}), lambda e: e["value"] is not None and e["value"] >= 0),
    "at most": (where(at_most={"value": 1}), lambda e: e["value"] is not None and e["value"] <= 1),
    "between": (
        where(at_least={"score": 2}, at_most={"score": 4}),
        lambda e: e["score"] is not None and 2 <= e["score"] <= 4,
    ),
    "a column the log lacks": (where(plan="gold"), lambda e: False),
    "unless in a column the log lacks": (where(unless={"plan": "gold"}), lambda e: True),
    "both": (
        where(kind="visit") & where(touchpoint="web"),
        lambda e: e["kind"] == "visit" and e["touchpoint"] == "web",
    ),
    "nothing": (where(), lambda e: True),
}
VISIT, is_visit = CONDITIONS["one of two labels"]


def _places(events: list[Event]) -> list[int]:
    return [o.place(event) for event in events]


def _pairs(events: list[Event], column: str) -> list[tuple[int, Any]]:
    return [(o.place(event), event[column]) for event in o.having(events, column)]


def _age(places: list[int], now: int, nth: int) -> float:
    return (now - o.nth_last(places, nth)) / DAY


def _visits(events: list[Event]) -> list[Event]:
    return [event for event in events if is_visit(event)]


def _worths(events: list[Event]) -> list[float]:
    return [number for number in map(worth, events) if number is not None]


def _share(part: list[Any], whole: list[Any]) -> float:
    return len(part) / len(whole) if whole else o.NAN


def _counts() -> dict[str, tuple[Ask, Answer]]:
    return {
        f"count {name}": (
            lambda w, condition=condition: w.count(condition),
            lambda e, now, holds=holds: float(len([event for event in e if holds(event)])),
        )
        for name, (condition, holds) in CONDITIONS.items()
    }


def _gap_statistics() -> dict[str, tuple[Ask, Answer]]:
    table: dict[str, tuple[Ask, Answer]] = {}
    statistics = {
        "mean": o.mean,
        "std": o.std,
        "min": lambda found: min(found, default=o.NAN),
        "max": lambda found: max(found, default=o.NAN),
        0.75: lambda found: o.quantile(found, 0.75),
    }
    for statistic, answer in statistics.items():
        table[f"gaps {statistic}"] = (
            lambda w, s=statistic: w.gaps(s),
            lambda e, now, answer=answer: answer(o.gaps(_places(e))),
        )
        table[f"daily gaps {statistic}"] = (
            lambda w, s=statistic: w.gaps(s, VISIT, daily=True),
            lambda e, now, answer=answer: answer(o.gaps(o.days(_visits(e)))),
        )
    return table


def _balances() -> dict[str, tuple[Ask, Answer]]:
    return {
        f"balance {part}": (
            lambda w, part=part: w.balance("sentiment", half_life="5D", weight=2.5)[part],
            lambda e, now, part=part: o.balance(_pairs(e, "sentiment"), now, 5 * DAY, 2.5)[part],
        )
        for part in range(4)
    }


QUESTIONS: dict[str, tuple[Ask, Answer]] = {
    "count": (lambda w: w.count(), lambda e, now: float(len(e))),
    **_counts(),
    "share": (lambda w: w.share(VISIT), lambda e, now: _share(_visits(e), e)),
    "share of": (
        lambda w: w.share(where(touchpoint="web"), VISIT),
        lambda e, now: _share([v for v in _visits(e) if v["touchpoint"] == "web"], _visits(e)),
    ),
    "active days": (lambda w: w.active_days(), lambda e, now: float(len(o.days(e)))),
    "active weeks": (lambda w: w.active_days(length="7D"), lambda e, now: float(len(o.days(e, 7)))),
    "active days of visits": (lambda w: w.active_days(VISIT), lambda e, now: float(len(o.days(_visits(e))))),
    "age": (lambda w: w.age(), lambda e, now: _age(_places(e), now, 1)),
    "age of the third last visit": (lambda w: w.age(VISIT, nth=3), lambda e, now: _age(_places(_visits(e)), now, 3)),
    "age of a column": (lambda w: w.age(column="score"), lambda e, now: _age(_places(o.having(e, "score")), now, 1)),
    "age of first": (lambda w: w.age_of_first(), lambda e, now: _age(_places(e)[:1], now, 1)),
    "age of first visit": (lambda w: w.age_of_first(VISIT), lambda e, now: _age(_places(_visits(e))[:1], now, 1)),
    "lag": (lambda w: w.lag("promised_at"), lambda e, now: _age(o.values(e, "promised_at"), now, 1)),
    "lag of happening": (lambda w: w.lag("timestamp"), lambda e, now: _age(o.values(e, "timestamp"), now, 1)),
    "second last lag": (
        lambda w: w.lag("promised_at", where=VISIT, nth=2),
        lambda e, now: _age(o.values(_visits(e), "promised_at"), now, 2),
    ),
    "count of": (lambda w: w.count_of("value"), lambda e, now: float(len(o.values(e, "value")))),
    "count of a label": (lambda w: w.count_of("touchpoint"), lambda e, now: float(len(o.values(e, "touchpoint")))),
    "sum": (lambda w: w.sum("value"), lambda e, now: sum(o.values(e, "value"), 0.0)),
    "sum of a flag": (lambda w: w.sum("resolved"), lambda e, now: float(sum(o.values(e, "resolved")))),
    "sum of visits": (lambda w: w.sum("value", VISIT), lambda e, now: sum(o.values(_visits(e), "value"), 0.0)),
    "mean": (lambda w: w.mean("value"), lambda e, now: o.mean(o.values(e, "value"))),
    "std": (lambda w: w.std("value"), lambda e, now: o.std(o.values(e, "value"))),
    "min": (lambda w: w.min("value"), lambda e, now: min(o.values(e, "value"), default=o.NAN)),
    "max": (lambda w: w.max("value"), lambda e, now: max(o.values(e, "value"), default=o.NAN)),
    "median": (lambda w: w.quantile("value", 0.5), lambda e, now: o.quantile(o.values(e, "value"), 0.5)),
    "90 % quantile": (lambda w: w.quantile("value", 0.9), lambda e, now: o.quantile(o.values(e, "value"), 0.9)),
    "0 % quantile": (lambda w: w.quantile("value", 0), lambda e, now: o.quantile(o.values(e, "value"), 0)),
    "100 % quantile": (lambda w: w.quantile("value", 1), lambda e, now: o.quantile(o.values(e, "value"), 1)),
    "latest": (lambda w: w.latest("value"), lambda e, now: o.nth_last(o.values(e, "value"), 1)),
    "second latest": (lambda w: w.latest("value", nth=2), lambda e, now: o.nth_last(o.values(e, "value"), 2)),
    "latest of visits": (
        lambda w: w.latest("value", VISIT),
        lambda e, now: o.nth_last(o.values(_visits(e), "value"), 1),
    ),
    "earliest": (lambda w: w.earliest("value"), lambda e, now: o.nth_last(o.values(e, "value")[:1], 1)),
    "distinct": (lambda w: w.distinct("touchpoint"), lambda e, now: float(len(set(o.values(e, "touchpoint"))))),
    "distinct numbers": (lambda w: w.distinct("value"), lambda e, now: float(len(set(o.values(e, "value"))))),
    "distinct instants": (
        lambda w: w.distinct("promised_at"),
        lambda e, now: float(len(set(o.values(e, "promised_at")))),
    ),
    "entropy": (lambda w: w.entropy("touchpoint"), lambda e, now: o.entropy(o.values(e, "touchpoint"))),
    "slope": (lambda w: w.slope("value"), lambda e, now: o.slope(_pairs(e, "value"))),
    "decayed count": (
        lambda w: w.decayed_sum("3D"),
        lambda e, now: o.decayed([(at, 1.0) for at in _places(e)], now, 3 * DAY),
    ),
    "decayed sum": (
        lambda w: w.decayed_sum("3D", "value", VISIT),
        lambda e, now: o.decayed(_pairs(_visits(e), "value"), now, 3 * DAY),
    ),
    **_gap_statistics(),
    "gaps within": (
        lambda w: w.gaps_within("1D"),
        lambda e, now: o.mean([float(gap <= 1) for gap in o.gaps(_places(e))]),
    ),
    "latest gap": (lambda w: w.latest_gap(), lambda e, now: o.nth_last(o.gaps(_places(e)), 1)),
    "second latest gap of visits": (
        lambda w: w.latest_gap(2, VISIT),
        lambda e, now: o.nth_last(o.gaps(_places(_visits(e))), 2),
    ),
    "latest daily gap": (lambda w: w.latest_gap(daily=True), lambda e, now: o.nth_last(o.gaps(o.days(e)), 1)),
    **_balances(),
    "sum of a measure": (lambda w: w.sum(Worth()), lambda e, now: sum(_worths(e), 0.0)),
    "latest of a measure": (lambda w: w.latest(Worth()), lambda e, now: o.nth_last(_worths(e), 1)),
}
