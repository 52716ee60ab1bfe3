"""A pulse as a page of 80 columns: the latest whole period of each group, what moved, and what to know."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cxchurn.explain.periods._measures import IF_ALL, amount, measure_of

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.explain.periods._result import Pulse

_WIDTH, _GROUPS, _MOVES = 80, 12, 8
_LEGEND = "↑ ↓: moved beyond noise against the time before."
_CONTACTS = "Contacts: what customers did themselves, without surveys and what was sent to them."
_WAITS, _PASSED_ON = "1 in 10: the wait that one in ten exceeds.", "Passed on: times a contact."
_FEW = "few: too few customers to say."
_ARROWS = {"up": "↑", "down": "↓"}


def page(pulse: Pulse) -> str:
    """Return the page."""
    periods = pulse.table["period"].drop_duplicates().sort_values()
    lines = [f"Pulse by {' and '.join(pulse.by) or 'nothing, all together'}: {periods.iloc[0]} to {periods.iloc[-1]}"]
    latest = pulse.table[pulse.table["whole"]].groupby("measure", sort=False)["period"].max()
    groups = listed_groups(pulse)
    for period in sorted(latest.unique(), reverse=True):
        lines += ["", *_of_period(pulse, str(period), list(latest.index[latest == period]), groups)]
    there = {"contacts": _CONTACTS, "wait_s": _WAITS, "transfers": _PASSED_ON}
    legend = " ".join([_LEGEND, *(words for name, words in there.items() if name in latest), _FEW])
    lines += ["", *textwrap.wrap(legend, _WIDTH), ""]
    lines += _moves(pulse, {str(name): str(period) for name, period in latest.items()})
    for note in pulse.notes:
        lines += ["", *textwrap.wrap(note, _WIDTH)]
    return "\n".join(lines)


def listed_groups(pulse: Pulse) -> list[tuple[str, ...]]:
    """Return the groups in their order."""
    if not pulse.by:
        return [()]
    return list(pulse.table[list(pulse.by)].drop_duplicates().itertuples(index=False, name=None))


def _of_period(pulse: Pulse, period: str, names: list[str], groups: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield the table of a period, in blocks that fit the width."""
    rows = pulse.table[(pulse.table["period"] == period) & pulse.table["measure"].isin(names)]
    cells: dict[tuple[tuple[str, ...], str], dict[str, Any]] = {
        (group_of(row, pulse.by), str(row["measure"])): dict(row) for row in _records(rows)
    }
    size = dict.fromkeys(groups, 0)
    for row in _records(pulse.table[pulse.table["measure"] == "contacts"]):
        size[group_of(row, pulse.by)] += row["count"]
    known = [group for group in groups if any((group, name) in cells for name in names)]
    largest = sorted(known, key=lambda group: -size[group])[:_GROUPS]
    shown = [group for group in known if group in largest]
    label = min(max([len(" ".join(group)) for group in shown] + [len(period)]), 24)
    columns = {name: [_cell(cells.get((group, name))) for group in shown] for name in names}
    for place, block in enumerate(_fitting(columns, label)):
        if place:
            yield ""
        yield (
            f"{period:<{label}}" + "".join(f" {measure_of(name).short:>{_wide(name, columns)}}" for name in block)
        ).rstrip()
        for line, group in enumerate(shown):
            words = (" ".join(group) or "all")[:label]
            yield (
                f"{words:<{label}}" + "".join(f" {columns[name][line]:>{_wide(name, columns)}}" for name in block)
            ).rstrip()
    if len(known) > len(shown):
        yield f"and {len(known) - len(shown):,} smaller ones, see .table"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "- "
    unit = measure_of(row["measure"]).unit
    # a number without an interval is of too few customers to be read
    words = amount(row["value"], unit) if unit == "count" or row["low"] == row["low"] else "few"
    return words + _ARROWS.get(row["moved"] or "", " ")


def _wide(name: str, columns: dict[str, list[str]]) -> int:
    return max([len(measure_of(name).short), *map(len, columns[name])])


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


def _moves(pulse: Pulse, latest: dict[str, str]) -> Iterator[str]:
    """Yield what moved in the latest whole periods, how contacts went before how many there were."""
    rows = pulse.moves()
    rows = rows[~rows["measure"].str.endswith(IF_ALL).astype(bool)]
    now = rows[rows["period"].to_numpy() == rows["measure"].map(latest).to_numpy()]
    if now.empty:
        yield "Nothing moved beyond noise in the latest periods."
    else:
        yield "Moved beyond noise"
    judged = [measure_of(name).better == 0 for name in now["measure"]]
    now = now.assign(judged=judged).sort_values(["judged", "q"], kind="stable")
    for row in _records(now.head(_MOVES)):
        yield from textwrap.wrap(f"- {move(row, pulse.by)}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
    if len(rows) > min(len(now), _MOVES):
        yield f"  and {len(rows) - min(len(now), _MOVES):,} more, most of them earlier, see .moves()"


def move(row: dict[str, Any], by: tuple[str, ...]) -> str:
    """Say what moved, such as "phone, 2024-11: mean wait 6.4 min after 4.1 min (+2.3 min, +1.1 min to +3.5 min), worse"."""
    of = measure_of(row["measure"])
    where = ", ".join([*(str(row[name]) for name in by), str(row["period"])])
    change, low, high = (amount(row[name], of.unit, signed=True) for name in ("change", "change_low", "change_high"))
    good = of.better * (1 if row["moved"] == "up" else -1)
    judged = {1: ", better", -1: ", worse", 0: ""}[good]
    values = f"{amount(row['value'], of.unit)} after {amount(row['before'], of.unit)}"
    return f"{where}: {of.words} {values} ({change}, {low} to {high}){judged}"


def group_of(row: dict[str, Any], by: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of a row's group."""
    return tuple(str(row[name]) for name in by)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]
