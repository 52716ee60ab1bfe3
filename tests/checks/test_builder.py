"""Builders that are good pass, and a bad one of each sort is caught by the check made for it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxchurn.features
from cxchurn._core import UsageError
from cxchurn.checks import BuilderError, check_builder
from cxchurn.datasets import simulate
from cxchurn.features import Attributes, Builder, Column, standard
from cxchurn.history import Measure, Seen
from cxchurn.interactions import YOUNGER, InteractionLog, Schema, read_interactions, with_events

CHECKS = ("columns", "documented", "sentences", "prints as typed", "clone-safe", "deterministic", "row order", "other rows",
          "other customers", "own acts", "leak-free", "cut-offs")  # fmt: skip
PUBLIC = [getattr(cxchurn.features, name) for name in cxchurn.features.__all__]
BUILDERS = [c for c in PUBLIC if inspect.isclass(c) and issubclass(c, Builder) and c.columns is not Builder.columns]


@pytest.fixture(scope="module")
def small(company_schema: Schema) -> InteractionLog:
    """60 customers over eleven months: enough for all that a builder can do wrong."""
    company = simulate(60, "2023-07-01", "2024-06-01", random_state=2)
    sent = np.where(company.interactions["direction"] == "outbound", np.arange(len(company.interactions)) % 4, np.nan)
    place = np.arange(len(sent))
    rows = company.interactions.assign(
        kind=np.where(place % 20 == 9, "return", company.interactions["kind"].astype(str)),
        opened=sent == 1,
        clicked=sent == 3,
        points=np.where(place % 5 == 0, -4.0, 10.0),
        tier=np.array(["silver", "gold"], dtype=object)[place // 9 % 2],
        session_id=(place // 50).astype(str),
        step=np.array(["search", "cart", "error", "purchase"], dtype=object)[place % 4],
        peer_id=[f"C-{1 + number % 40:06d}" for number in place],
    )
    schema = replace(company_schema, measures=("items",), **{role: role for group in YOUNGER for role in group})
    return read_interactions(rows, schema, customers=company.customers)


# of those that are alike in how they ask a third; what makes columns of all of them is checked for all at once in test_leak
@pytest.mark.parametrize(
    "cls", [one if k % 3 == 0 else pytest.param(one, marks=pytest.mark.prove) for k, one in enumerate(BUILDERS)]
)
def test_every_builder_of_ours_passes(cls, small):
    named = {type(builder): builder for builder in standard(small)}
    table = check_builder(named[cls] if cls is Attributes else cls(), small, customers=40)
    assert table["check"].tolist() == list(CHECKS)
    assert table["passed"].all()


class Calls(Builder):
    """How often customers had to call.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    driver = "calls"

    def __init__(self, *, kind: str = "call") -> None:
        self.kind = kind

    def columns(self, seen: Seen) -> Any:
        yield Column("calls_count_life", seen.count(), says="had {value:#call}")
        yield Column("calls_days_last", self.last(seen), says="called {value:days} ago", missing="never called")

    def last(self, seen: Seen) -> np.ndarray:
        return seen.age()


def test_what_was_looked_at_is_said(small):
    table = check_builder(Calls(kind="visit"), small, customers=20, cutoffs=["2024-01-01", "2024-02-01T13:00:00"])
    found = dict(zip(table["check"], table["found"], strict=True))
    assert found["columns"] == "2 columns"
    assert found["sentences"] == "22 sentences"  # 6 values tried and 5 rows, for each of the 2 columns
    assert found["prints as typed"] == "Calls(kind='visit')"
    assert found["deterministic"] == "40 rows at 2 cut-offs"
    assert found["own acts"] == "sees all events"
    assert found["leak-free"] == "40 rows at 2 cut-offs"
    assert found["other customers"] == "5 customers alone"
    pd.testing.assert_frame_equal(table, check_builder(Calls(kind="visit"), small, customers=20, cutoffs=_two()))


def _two():
    return np.array(["2024-01-01", "2024-02-01T13:00:00"], dtype="datetime64[us]")


class Drawn(Calls):
    """Chance enters.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def last(self, seen):
        return np.random.default_rng().random(seen.count().size)


class Handled(Calls):
    """Depends on which object holds the sorted log.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    met: list[Any] = []  # noqa: RUF012

    def last(self, seen):
        self.met.append(seen._rows.history)
        return np.full(seen.count().size, float(sum(history is not self.met[0] for history in self.met[-1:])))


class Centred(Calls):
    """Compares with the other rows asked for.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def last(self, seen):
        return seen.count() - (seen.count().mean() if seen.count().size else 0.0)


@dataclass(frozen=True)
class AboveMean(Measure):
    def compute(self, events):
        return events["value"] - np.nanmean(events["value"])


class Compared(Calls):
    """Compares with all events of all customers.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def last(self, seen):
        return seen.mean(AboveMean())


class Prophet(Calls):
    """Knows how many events there will be.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def last(self, seen):
        ends = np.append(seen._rows.history.offsets, 0)
        place = seen._rows.history.positions(seen._customers)
        return (ends[place + 1] - ends[place]).astype(np.float64)


class Busy(Calls):
    """Looks beyond the acts that it says it sees.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    sees = "own"

    def last(self, seen):
        return seen.all.age()


class Changing(Calls):
    """Changes what it is given.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def __init__(self, *, kind=("call",)):
        self.kind = list(kind)


class Unequal(Calls):
    """Is equal to nothing but itself.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Silent(Calls):
    """Prints as nobody would type it.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def __repr__(self):
        return "<calls>"


class Mumbling(Calls):
    """Forgets its parameters when printed.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    def __init__(self, *, kind="call"):
        self.kind = kind

    def __repr__(self):
        return "Mumbling()"


class Wordless(Calls):
    driver = "calls"


class Terse(Calls):
    """Says the idea, and nothing of the columns."""


@pytest.mark.parametrize(
    ("builder", "words", "failed"),
    [
        (
            Drawn(),
            "deterministic: calls_days_last differ the second time",
            ["clone-safe", "deterministic", "row order", "other rows", "other customers", "leak-free"],
        ),
        (
            Handled(),
            "row order: calls_days_last differ when the log's rows are shuffled",
            ["deterministic", "row order", "other customers", "leak-free"],
        ),
        (
            Centred(),
            "other rows: calls_days_last differ when a row is asked for alone",
            ["other rows", "other customers"],
        ),
        (
            Compared(),
            "other customers: calls_days_last differ when a customer's log holds nobody else",
            ["other customers", "leak-free"],
        ),
        (Prophet(), "leak-free: 1 columns change when the log is cut off", ["leak-free"]),
        (
            Busy(),
            "own acts: calls_days_last differ when there are more events that are no act of the customers' own",
            ["own acts"],
        ),
        (Changing(kind=("a",)), "clone-safe: it cannot be cloned", ["clone-safe"]),
        (Unequal(), "clone-safe: its clone is not equal to it", ["clone-safe"]),
        (Silent(), "prints as typed: it prints as <calls>, which cannot be typed", ["prints as typed"]),
        (
            Mumbling(kind="chat"),
            "prints as typed: it prints as Mumbling(), but is made by Mumbling(kind='chat')",
            ["prints as typed"],
        ),
        (Wordless(), "documented: the class's docstring does not begin with one sentence", ["documented"]),
        (Terse(), "documented: the class's docstring does not name calls_count_life, calls_days_last", ["documented"]),
    ],
)
@pytest.mark.sampled(3)
def test_a_bad_builder_is_caught(builder, words, failed, small):
    with pytest.raises(BuilderError) as caught:
        check_builder(builder, small, customers=30)
    lines = [line[2:] for line in str(caught.value).splitlines() if line.startswith("- ")]
    assert [line.split(":")[0] for line in lines] == failed
    assert [line for line in lines if line.startswith(words)] != []
    assert f"{type(builder).__name__} fails {len(failed)} of 12 checks:" in str(caught.value)


def _column(name: str = "odd_count", says: str = "{value}", shape: Any = float) -> type[Builder]:
    class Odd(Builder):
        """Makes a column as told.

        Columns: ``odd_<anything>``.
        """

        driver = "odd"

        def columns(self, seen):
            for text in name.split():
                values = seen.count()
                yield Column(text, values.astype(shape) if isinstance(shape, type) else shape(values), says=says)

    return Odd


@pytest.mark.parametrize(
    ("cls", "words"),
    [
        (_column("other_count"), "columns: other_count are no names in lower case that begin with 'odd_'"),
        (_column("odd_Count"), "columns: odd_Count are no names"),
        (_column("odd_a-b"), "columns: odd_a-b are no names"),
        (_column("odd_a odd_b odd_a"), "columns: odd_a are made more than once"),
        (_column(shape=np.int64), "columns: odd_count are not one float64 a row"),
        (_column(shape=lambda values: values[:1]), "columns: odd_count are not one float64 a row"),
        (_column(shape=lambda values: np.where(values > 9, np.inf, values)), "columns: odd_count hold infinite values"),
        (
            _column(says="had {count} calls"),
            "columns: odd_count cannot say its values by 'had {count} calls': KeyError, 'count'",
        ),
        (
            _column(says="had {value:%%} calls"),
            "columns: odd_count cannot say its values by 'had {value:%%} calls': ValueError",
        ),
        (_column(says="had {{value}} calls"), "sentences: odd_count says of 0.0: 'had {value} calls'"),
        (_column(says=" "), "sentences: odd_count says of 0.0: ' '"),
    ],
)
def test_a_bad_column_is_caught(cls, words, small):
    with pytest.raises(BuilderError) as caught:
        check_builder(cls(), small, customers=30)
    assert "Odd fails 1 of 12 checks:" in str(caught.value)
    assert words in str(caught.value)


class Own(Calls):
    """Sees what it says it sees.

    Columns: ``calls_count_life``, ``calls_days_last``.
    """

    sees = "own"


def test_what_is_no_own_act_is_added(small):
    table = check_builder(Own(), small, customers=20).set_index("check")
    assert table.loc["own acts", "found"] == f"{len(small):,} events added"


def test_a_builder_that_sees_what_there_is_not(small):
    class Wrong(Calls):
        sees = "mine"

    with pytest.raises(UsageError, match="Wrong sees 'mine'"):
        check_builder(Wrong(), small)


class Weighing(Calls):
    needs = ("weight|mass", "value")


def test_a_log_that_cannot_feed_the_builder(small):
    with pytest.raises(UsageError, match=r"the log lacks weight or mass, which Weighing\(\) needs"):
        check_builder(Weighing(), small)
    with pytest.raises(UsageError, match=r"Odd\(\) makes no column of this log"):
        check_builder(_column("")(), small)
    with pytest.raises(UsageError, match="the log is empty"):
        check_builder(Calls(), with_events(small, small.events[:0]))


@pytest.mark.parametrize("times", [["2024-03-01"], ["2024-03-01", "2024-03-01T10:00"], ["2024-03-01T10:00"] * 3])
def test_logs_of_few_instants_are_checked_too(times):
    frame = pd.DataFrame(
        {"customer_id": range(len(times)), "timestamp": pd.to_datetime(times, format="ISO8601"), "kind": "x"}
    )
    log = read_interactions(frame, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"))
    assert check_builder(Calls(), log)["passed"].all()
