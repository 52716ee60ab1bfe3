"""The real logs and what is asked of them. Features see t < T; label windows are [T, T + horizon)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import cxchurn as cx

SCHEMAS = Path(__file__).parent / "schemas"
DATA = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Task:
    """A log, a churn definition, the cut-offs to train and to test on, and how many rows that makes of each."""

    name: str
    sources: tuple[tuple[str, str], ...]
    churn: cx.Inactivity
    train: tuple[str, ...]
    test: tuple[str, ...]
    rows: tuple[int, int]
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
    """Divide by a hash of the customer, written as text: about 60 % to train, 40 % to test."""
    ids = panel.frame["customer_id"].astype(str)
    train = pd.util.hash_array(np.asarray(ids, dtype=object)) % 10_000 >= 4_000
    return panel.take(train), panel.take(~train)


CDNOW = (("cdnow/events.parquet", "cdnow.toml"),)
RETAIL = (("online_retail/events.parquet", "online_retail.toml"),)
INCIDENTS = (
    ("it_incidents/events.parquet", "incidents_events.toml"),
    ("it_incidents/tickets.parquet", "incidents_tickets.toml"),
)

# nothing ends a customer in these logs, and those silent for long are asked about where the task says so
TASKS = (
    Task(
        "cdnow_91",
        CDNOW,
        cx.Inactivity("91D", kinds=("purchase",), ended_by=()),
        months("1997-04-01", "1997-10-01"),
        ("1998-01-01", "1998-04-01"),
        (164_990, 47_140),
    ),
    Task(
        "cdnow_39w",
        CDNOW,
        cx.Inactivity("273D", kinds=("purchase",), ended_by=()),
        ("1997-10-01",),
        ("1997-10-01",),
        (14_136, 9_434),
        by_customer,
    ),
    Task(
        "retail_91",
        RETAIL,
        cx.Inactivity("91D", active_within="182D", kinds=("purchase",), ended_by=()),
        every("14D", "2011-02-01", "2011-05-10"),
        ("2011-08-10", "2011-09-09"),
        (15_605, 5_593),
    ),
    Task(
        "retail_30",
        RETAIL,
        cx.Inactivity("30D", active_within="182D", kinds=("purchase",), ended_by=()),
        every("14D", "2011-02-01", "2011-08-10"),
        ("2011-09-10", "2011-10-10", "2011-11-09"),
        (31_905, 9_064),
    ),
    Task(
        "incidents_31",
        INCIDENTS,
        cx.Inactivity("31D", active_within="31D", kinds=("opened",), ended_by=()),
        ("2016-03-11", "2016-03-14", "2016-03-17", "2016-03-20", "2016-03-25"),
        ("2016-04-25", "2016-05-01"),
        (11_721, 6_314),
    ),
)
