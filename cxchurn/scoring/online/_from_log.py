"""The states of the customers of a log."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxchurn.history import AttributeHistory, History, Labels, attribute_history, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.scoring.online._on_file import FOR_EVER, Attributes, OnFile
from cxchurn.scoring.online._shape import HAPPENED, KNOWN, ROW, Shape
from cxchurn.scoring.online._state import MISSING_TIME, Levels, State, shared


def states_of(
    log: InteractionLog, shape: Shape, attributes: Attributes
) -> tuple[dict[str, State], dict[str, tuple[OnFile, ...]]]:
    """Return the state of each customer of a log, and what it has on file of them."""
    histories = histories_of(log)
    states: dict[str, State] = {}
    for part in range(len(histories)):
        opened = histories.open(part)
        for inner in [part] if opened is histories else range(len(opened)):
            states.update(_states(opened.history(inner), shape))
    table = attribute_history(log.customers)
    return states, {} if table is None else dict(_on_file(table, attributes))


def _states(history: History, shape: Shape) -> Iterator[tuple[str, State]]:
    times, numbers, codes, names = _lines(history, shape)
    for customer, (begin, stop) in zip(
        history.ids.tolist(), zip(history.offsets[:-1], history.offsets[1:], strict=True), strict=True
    ):
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
    times[KNOWN], times[ROW] = history.place, 0
    assert (times[HAPPENED] != MISSING_TIME).all()
    return times, numbers, codes, names


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
