"""What a churn definition means on all events of a cluster, and until when they say what became of customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from cxchurn.history import preset_events_by_day
from cxchurn.interactions import InteractionLog
from cxchurn.interactions.shards import LogOutline
from cxchurn.panel import (
    EVER,
    ChurnDefinition,
    Ending,
    known_departures,
    observed_end,
    preset_departures,
    preset_labels,
    unknown_label,
)
from cxchurn.scoring.spark._run import Prepared, Ran, checked, run
from cxchurn.scoring.spark._tasks import Look


class Departures(dict[Any, Any]):
    """What was found of departures in a bucket, or in several."""

    def __add__(self, other: Departures) -> Departures:
        return Departures(
            {key: self[key] + other[key] if key in other else self[key] for key in self}
            | {key: other[key] for key in other if key not in self}
        )


@dataclass(frozen=True)
class Depart:
    """Looks whether what sounds like leaving ends a customer, as a churn definition asks."""

    churn: ChurnDefinition
    kinds: tuple[str, ...]

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[None, Departures]:
        """Look at the customers of a bucket."""
        know_kinds(log, self.kinds)
        self.churn.resolved(log)
        return None, Departures(known_departures(log))


@dataclass(frozen=True)
class Meant:
    """What a churn definition means on all events, and until when they say what became of customers.

    Parameters
    ----------
    definition : ChurnDefinition
        With everything said that it leaves to the log.
    ending : Ending
    log : LogOutline
    prepared : Prepared
        To be asked more of.
    decided : tuple of str
        What was decided, in words.
    kinds : tuple of str
        The kinds of all events, the most frequent first.
    """

    definition: ChurnDefinition
    ending: Ending
    log: LogOutline
    prepared: Prepared
    decided: tuple[str, ...]
    kinds: tuple[str, ...]


def meaning_of(prepared: Prepared, churn: ChurnDefinition) -> Meant:
    """Decide on all events what a churn definition means, and until when outcomes were observed."""
    log, ran = _looked(prepared)
    counts = log.report.labels["kind"]
    kinds = tuple(sorted(counts, key=lambda kind: (-counts[kind], kind)))
    _check_kinds(churn, kinds)
    about = replace(ran.job.about, until=log.observed_until, start=log.start)
    prepared = replace(prepared, job=replace(ran.job, about=about))
    know_kinds(log, kinds)
    asked = run(prepared.asking(Depart(churn, kinds)), [])
    asked.frame.unpersist()
    preset_departures(log, asked.found.told or {})
    definition = churn.resolved(log)
    if definition != churn:
        ran = run(prepared.asking(Look(definition)), [])
        ran.frame.unpersist()
    preset_events_by_day(log, ran.found.told.days)
    ending = observed_end(log, definition)
    return Meant(definition, ending, log, prepared, (*churn.decided(log), *ending.said), kinds)


def _looked(prepared: Prepared) -> tuple[LogOutline, Ran]:
    ran = run(prepared, [])
    log = checked(prepared, ran)
    ran.frame.unpersist()
    return log, ran


def know_kinds(log: InteractionLog, kinds: tuple[str, ...]) -> None:
    """Let a log that has some of the events, or none, know the kinds that all of them have."""
    for at in (EVER, log.observed_until):
        preset_labels(log, "kind", kinds, at=at)


def _check_kinds(churn: ChurnDefinition, kinds: tuple[str, ...]) -> None:
    """Refuse kinds that a definition names and no event is of."""
    for name in ("kind", "kinds", "ended_by", "returns"):
        said = getattr(churn, name, None)
        labels = (said,) if name == "kind" and said is not None else said
        missing = [label for label in labels if label not in kinds] if isinstance(labels, (tuple, list)) else []
        if missing:
            raise unknown_label(name, "kind", missing[0], kinds)
