"""The states of the customers of a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxchurn._core import UsageError, listed, logger
from cxchurn.history import AttributeHistory, History, Labels, attribute_history, histories_of
from cxchurn.interactions import InteractionLog, Schema
from cxchurn.interactions.rows import Matter, matters_of
from cxchurn.scoring.online.store._book import Memory
from cxchurn.scoring.online.store._on_file import FOR_EVER, Attributes, OnFile
from cxchurn.scoring.online.store._shape import HAPPENED, KNOWN, ROW, Shape
from cxchurn.scoring.online.store._state import FROM_LOG, MISSING_TIME, Levels, State, row_of, shared


def take_log(log: InteractionLog, book: Memory, attributes: Attributes, schemas: Sequence[Schema]) -> list[State]:
    """Take in a whole log, and return the states of its customers.

    Raises
    ------
    UsageError
        Where something of some of them is there already: it would be lost.
    """
    _say_what_lacks(log, book.shape)
    states, on_file = states_of(log, book.shape, attributes, schemas)
    with book.writing():
        # looked at while nobody else writes
        there = [key for key in {**states, **on_file} if book.knows(key)]
        if there:
            raise UsageError(
                f"of {len(there):,} customers of the log there are events already, or what attributes(...) told, such as"
                f" {there[0]!r}.",
                allowed="a log of customers of whom nothing is known",
                hint="warm a new scorer, and update it and tell attributes from there on.",
            )
        book.load(states, on_file)
    return list(states.values())


def _say_what_lacks(log: InteractionLog, shape: Shape) -> None:
    """Say where a log was read without columns that events come in: by these alone what comes again is not recognised."""
    lacks = sorted(set(shape.names) - set(log.types.names))
    if lacks:
        logger.warning(
            "the log was read without %s: events of it that come again with these count twice", listed(lacks)
        )


def states_of(
    log: InteractionLog, shape: Shape, attributes: Attributes, schemas: Sequence[Schema]
) -> tuple[dict[str, State], dict[str, tuple[OnFile, ...]]]:
    """Return the state of each customer of a log, and what it has on file of them.

    Parameters
    ----------
    log : InteractionLog
    shape : Shape
    attributes : Attributes
    schemas : sequence of Schema
        What the columns of each source mean.
    """
    histories = histories_of(log)
    matters = [matter for schema in schemas for matter in matters_of(schema)]
    states: dict[str, State] = {}
    for part in range(len(histories)):
        opened = histories.open(part)
        for inner in [part] if opened is histories else range(len(opened)):
            found = _states(opened.history(inner), shape)
            states.update((who, _with_matters(state, shape, matters)) for who, state in found)
    table = attribute_history(log.customers)
    return states, {} if table is None else dict(_on_file(table, attributes))


def _states(history: History, shape: Shape) -> Iterator[tuple[str, State]]:
    times, numbers, codes, names = _lines(history, shape)
    for customer, (begin, stop) in zip(
        history.ids.tolist(), zip(history.offsets[:-1], history.offsets[1:], strict=True), strict=True
    ):
        # copies: a view would keep the whole log in memory as long as one customer lives
        own, words = codes[:, begin:stop].copy(), []
        for line, levels in enumerate(names):
            words.append(_own_words(own[line], levels))
        yield (
            str(customer),
            State(int(stop - begin), times[:, begin:stop].copy(), numbers[:, begin:stop].copy(), own, tuple(words)),
        )


def _lines(history: History, shape: Shape) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[Levels]]:
    size = len(history)
    times = np.full((shape.time_lines, size), MISSING_TIME)
    numbers, codes = np.full((len(shape.numbers), size), np.nan), np.full((len(shape.labels), size), -1, dtype=np.int32)
    names: list[Levels] = [()] * len(shape.labels)
    for lines, array in ((shape.times, times), (shape.numbers, numbers), (shape.labels, codes)):
        for name, line in lines.items():
            if name in history.columns:
                column = history.columns[name]
                array[line] = column.values
                if isinstance(column, Labels):
                    names[line] = column.levels
    times[KNOWN], times[ROW] = history.place, FROM_LOG
    assert (times[HAPPENED] != MISSING_TIME).all()
    return times, numbers, codes, names


def _with_matters(state: State, shape: Shape, matters: Sequence[Matter]) -> State:
    """Return a state that knows which of its events there is one a matter of."""
    if not matters or not {"kind", "case_id"} <= shape.labels.keys():
        return state
    kind, case = shape.labels["kind"], shape.labels["case_id"]
    held: dict[Any, tuple[Any, int]] = {}
    rows: dict[int, int] = {}
    for place in np.flatnonzero(state.numbers[shape.numbers["later"], : state.size] == 1.0).tolist():
        said, about = state.codes[kind, place], state.codes[case, place]
        found = next((one for one in matters if said >= 0 and one.kind == state.words[kind][said]), None)
        if found is not None and about >= 0:
            once = found.once(state.words[case][about])
            held[once] = found.order(int(state.times[HAPPENED, place]), int(state.times[KNOWN, place])), row_of(once)
            rows[place] = row_of(once)
    return replace(state.marked(rows), matters=held) if rows else state


def _own_words(codes: np.ndarray, levels: Levels) -> Levels:
    """Make the codes of a whole log codes of one customer's labels, in place, and return these."""
    used = np.unique(codes[codes >= 0])
    codes[:] = np.where(codes < 0, -1, np.searchsorted(used, codes))
    return shared(tuple(levels[code] for code in used.tolist()))


def _on_file(table: AttributeHistory, attributes: Attributes) -> Iterator[tuple[str, tuple[OnFile, ...]]]:
    names = [name for name in attributes.kinds if name in table.columns]
    values = {name: _plain(table, name) for name in names}
    for place, customer in enumerate(table.ids.tolist()):
        rows = range(table.offsets[place], table.offsets[place + 1])
        yield (
            str(customer),
            tuple(
                OnFile(
                    int(table.valid_from[row]),
                    {name: values[name][row] for name in names if values[name][row] is not None},
                    FOR_EVER if table.valid_to is None else int(table.valid_to[row]),
                )
                for row in rows
            ),
        )


def _plain(table: AttributeHistory, name: str) -> list[float | int | str | None]:
    column = table.columns[name]
    found = (
        [column.levels[code] if code >= 0 else None for code in column.values] if isinstance(column, Labels) else None
    )
    if found is not None:
        return found  # type: ignore[return-value]
    return [value if there else None for value, there in zip(column.values.tolist(), column.present, strict=True)]
