"""A pulse as a page of 80 columns: the latest whole period of each group, what moved, and what to know."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from cxchurn._core import html_list, html_result, html_said, html_table
from cxchurn.explanation.periods._measures import (
    IF_ALL,
    amount,
    difference,
    measure_of,
    measure_words,
    short_words,
)
from cxchurn.words import Together, as_spoken, said

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _GROUPS, _MOVES = 80, 12, 8
_ARROWS = {"up": "↑", "down": "↓"}
_EXPLAINED = ("contacts", "wait_s", "transfers")


class Counted(Protocol):
    """What a page is made of: a `Pulse`, which says what these are."""

    @property
    def table(self) -> pd.DataFrame:
        """The measures."""

    @property
    def by(self) -> tuple[str, ...]:
        """What groups are told apart by."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know."""

    def moves(self) -> pd.DataFrame:
        """What moved."""


def page(pulse: Counted) -> str:
    """Return the page."""
    lines = [said("pulse", "head", **_about(pulse))]
    latest, groups = latest_periods(pulse), listed_groups(pulse)
    for period in _from_last(latest):
        lines += ["", *_of_period(pulse, period, _of(latest, period), groups)]
    lines += ["", *textwrap.wrap(_legend(latest), _WIDTH), ""]
    lines += _moves(pulse, latest)
    for note in pulse.notes:
        lines += ["", *textwrap.wrap(as_spoken(note), _WIDTH)]
    return "\n".join(lines)


def html(pulse: Counted) -> str:
    """Return the same for a notebook: the latest whole period of each measure, what moved, and what to know."""
    latest, groups = latest_periods(pulse), listed_groups(pulse)
    tables = []
    for period in _from_last(latest):
        names = _of(latest, period)
        cells, shown, left = _cells(pulse, period, names, groups)
        rows = [[_called(group), *(_cell(cells.get((group, name))) for name in names)] for group in shown]
        tables += [html_table([period, *map(short_words, names)], rows), html_said(_smaller(left))]
    moves = html_said([_legend(latest), *moved_words(pulse, latest)[:1]]) + html_list(moved_words(pulse, latest)[1:])
    notes = html_said(map(as_spoken, pulse.notes))
    return html_result("Pulse", said("pulse", "about", **_about(pulse)), *tables, moves, notes)


def latest_periods(pulse: Counted) -> dict[str, str]:
    """Return the latest whole period of each measure."""
    latest = pulse.table[pulse.table["whole"]].groupby("measure", sort=False)["period"].max()
    return {str(name): str(period) for name, period in latest.items()}


def _from_last(latest: dict[str, str]) -> list[str]:
    return sorted(set(latest.values()), reverse=True)


def _of(latest: dict[str, str], period: str) -> list[str]:
    return [name for name, one in latest.items() if one == period]


def _about(pulse: Counted) -> dict[str, Any]:
    periods = pulse.table["period"].drop_duplicates().sort_values()
    by = Together(pulse.by, "and") if pulse.by else said("pulse", "together")
    return {"by": by, "first": periods.iloc[0], "last": periods.iloc[-1]}


def _legend(latest: dict[str, str]) -> str:
    there = [name for name in _EXPLAINED if name in latest]
    return " ".join(said("pulse", name) for name in ("legend", *there, "few_says"))


def listed_groups(pulse: Counted) -> list[tuple[str, ...]]:
    """Return the groups in their order."""
    if not pulse.by:
        return [()]
    return list(pulse.table[list(pulse.by)].drop_duplicates().itertuples(index=False, name=None))


Cells = dict[tuple[tuple[str, ...], str], dict[str, Any]]


def _cells(
    pulse: Counted, period: str, names: list[str], groups: list[tuple[str, ...]]
) -> tuple[Cells, list[tuple[str, ...]], int]:
    """Return the rows of a period by group and measure, which groups are shown (the largest), and how many are not."""
    rows = pulse.table[(pulse.table["period"] == period) & pulse.table["measure"].isin(names)]
    cells: Cells = {(group_of(row, pulse.by), str(row["measure"])): dict(row) for row in _records(rows)}
    size = dict.fromkeys(groups, 0)
    for row in _records(pulse.table[pulse.table["measure"] == "contacts"]):
        size[group_of(row, pulse.by)] += row["count"]
    known = [group for group in groups if any((group, name) in cells for name in names)]
    largest = sorted(known, key=lambda group: -size[group])[:_GROUPS]
    return cells, [group for group in known if group in largest], len(known) - len(largest)


def _of_period(pulse: Counted, period: str, names: list[str], groups: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield the table of a period, in blocks that fit the width."""
    cells, shown, left = _cells(pulse, period, names, groups)
    label = min(max([len(_called(group)) for group in shown] + [len(period)]), 24)
    columns = {name: [_cell(cells.get((group, name))) for group in shown] for name in names}
    for place, block in enumerate(_fitting(columns, label)):
        if place:
            yield ""
        wide = {name: _wide(name, columns) for name in block}
        yield f"{period:<{label}}" + "".join(f" {short_words(name):>{wide[name]}}" for name in block)
        for line, group in enumerate(shown):
            numbers = "".join(f" {columns[name][line]:>{wide[name]}}" for name in block)
            yield f"{_called(group)[:label]:<{label}}{numbers}".rstrip()
    yield from _smaller(left)


def _called(group: tuple[str, ...]) -> str:
    return " ".join(group) or said("pulse", "all")


def _smaller(left: int) -> list[str]:
    return [said("pulse", "smaller", n=left)] if left else []


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "- "
    unit = measure_of(row["measure"]).unit
    # a number without an interval is of too few customers to be read
    words = amount(row["value"], unit) if unit == "count" or row["low"] == row["low"] else said("pulse", "few")
    return words + _ARROWS.get(row["moved"] or "", " ")


def _wide(name: str, columns: dict[str, list[str]]) -> int:
    return max([len(short_words(name)), *map(len, columns[name])])


def _fitting(columns: dict[str, list[str]], label: int) -> Iterator[list[str]]:
    block: list[str] = []
    used = label
    for name in columns:
        width = 1 + _wide(name, columns)
        if block and used + width > _WIDTH:
            yield block
            block, used = [], label
        block.append(name)
        used += width
    if block:
        yield block


def _moves(pulse: Counted, latest: dict[str, str]) -> Iterator[str]:
    head, *moves = moved_words(pulse, latest)
    yield head
    for words in moves[:_MOVES]:
        yield from textwrap.wrap(f"- {words}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
    yield from (f"  {words}" for words in moves[_MOVES:])


def moved_words(pulse: Counted, latest: dict[str, str]) -> list[str]:
    """Return what moved in the latest whole periods: a head, the first eight, and how many more there are.

    How contacts went comes before how many there were.
    """
    rows = pulse.moves()
    rows = rows[~rows["measure"].str.endswith(IF_ALL).astype(bool)]
    now = rows[rows["period"].to_numpy() == rows["measure"].map(latest).to_numpy()]
    judged = [measure_of(name).better == 0 for name in now["measure"]]
    now = now.assign(judged=judged).sort_values(["judged", "q"], kind="stable")
    told = [move(row, pulse.by) for row in _records(now.head(_MOVES))]
    left = len(rows) - len(told)
    return [said("pulse", "moved" if told else "none_moved"), *told, *([said("pulse", "more", n=left)] if left else [])]


def move(row: dict[str, Any], by: tuple[str, ...]) -> str:
    """Say what moved, such as "phone, 2024-11: mean wait 6.4 min after 4.1 min (+2.3 min, +1.1 min to +3.5 min), worse"."""
    of = measure_of(row["measure"])
    where = Together([*(str(row[name]) for name in by), str(row["period"])])
    larger = max(abs(row["value"]), abs(row["before"]))
    about = {name: amount(row[name], of.unit, beside=larger) for name in ("value", "before")}
    moved = difference(row["value"], row["before"], of.unit), row["change_low"], row["change_high"]
    change, low, high = (amount(one, of.unit, signed=True, beside=larger) for one in moved)
    good = of.better * (1 if row["moved"] == "up" else -1)
    judged = {1: said("pulse", "better"), -1: said("pulse", "worse"), 0: ""}[good]
    measure = measure_words(row["measure"])
    return said(
        "pulse", "move", where=where, measure=measure, **about, change=change, low=low, high=high, judged=judged
    )


def group_of(row: dict[str, Any], by: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of a row's group."""
    return tuple(str(row[name]) for name in by)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]
