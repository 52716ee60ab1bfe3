"""The real logs and what is asked of them. Features see t < T; label windows are [T, T + horizon)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import cxchurn as cx

SCHEMAS = Path(__file__).parent / "schemas"
DATA = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Task:
    """A log, a churn definition, and the cut-offs to train and to test on."""

    name: str
    sources: tuple[tuple[str, str], ...]
    churn: cx.Inactivity
    train: tuple[str, ...]
    test: tuple[str, ...]
    divide: Callable[[cx.Panel], tuple[cx.Panel, cx.Panel]] | None = None

    @property
    def present(self) -> bool:
        """Whether the log is there."""
        return all((DATA / path).exists() for path, _ in self.sources)

    def log(self) -> cx.InteractionLog:
        """Read the log; rows without a customer and the like are set aside and counted."""
        sources = [cx.Source(DATA / path, SCHEMAS / schema) for path, schema in self.sources]
        return cx.read_interactions(sources, on_error="quarantine")

    def panels(self, log: cx.InteractionLog) -> tuple[cx.Panel, cx.Panel]:
        """Return the training and the test panel."""
        panel = cx.make_panel(log, self.churn, cutoffs=sorted({*self.train, *self.test}))
        return self.divide(panel) if self.divide else panel.split(self.test[0])


def every(distance: str, start: str, end: str) -> tuple[str, ...]:
    """Return the instants from start to end, both included."""
    return tuple(str(np.datetime64(at, "D")) for at in cx.every(distance, start, end).times(np.datetime64(end, "us")))


def months(start: str, end: str) -> tuple[str, ...]:
    """Return the firsts of the months from start to end, both included."""
    return tuple(str(np.datetime64(at, "D")) for at in cx.monthly(start, end).times(np.datetime64(end, "us")))


def by_customer(panel: cx.Panel) -> tuple[cx.Panel, cx.Panel]:
    """Divide by a hash of the customer: 60 % to train, 40 % to test."""
    share = np.array([zlib.crc32(str(one).encode()) % 100 for one in panel.frame["customer_id"]])
    return panel.take(share < 60), panel.take(share >= 60)


CDNOW = (("cdnow/events.parquet", "cdnow.toml"),)
RETAIL = (("online_retail/events.parquet", "online_retail.toml"),)
INCIDENTS = (
    ("it_incidents/events.parquet", "incidents_events.toml"),
    ("it_incidents/tickets.parquet", "incidents_tickets.toml"),
)

TASKS = (
    Task(
        "cdnow_91",
        CDNOW,
        cx.Inactivity("91D", kinds=("purchase",)),
        months("1997-04-01", "1997-10-01"),
        ("1998-01-01", "1998-04-01"),
    ),
    Task("cdnow_39w", CDNOW, cx.Inactivity("273D", kinds=("purchase",)), ("1997-10-01",), ("1997-10-01",), by_customer),
    Task(
        "retail_91",
        RETAIL,
        cx.Inactivity("91D", active_within="182D", kinds=("purchase",)),
        every("14D", "2011-02-01", "2011-05-10"),
        ("2011-08-10", "2011-09-09"),
    ),
    Task(
        "retail_30",
        RETAIL,
        cx.Inactivity("30D", active_within="182D", kinds=("purchase",)),
        every("14D", "2011-02-01", "2011-08-10"),
        ("2011-09-10", "2011-10-10", "2011-11-09"),
    ),
    Task(
        "incidents_31",
        INCIDENTS,
        cx.Inactivity("31D", active_within="31D", kinds=("opened",)),
        ("2016-03-11", "2016-03-14", "2016-03-17", "2016-03-20", "2016-03-25"),
        ("2016-04-25", "2016-05-01"),
    ),
)
