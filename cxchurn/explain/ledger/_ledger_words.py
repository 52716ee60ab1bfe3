"""A ledger as a table, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cxchurn._core import html_result, html_said, html_table, iso, on_clock
from cxchurn.explain.ledger._account_words import points
from cxchurn.explain.ledger._contact import contacts_words
from cxchurn.words import Together, as_spoken, more, said, written

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.explain.ledger._ledger import Ledger

_WIDTH, _MOST, _SHOWN = 80, 12, 30
_PAGE = ("contact", "interactions", "experience", "well", "presence", "heads", "interval")


def words(ledger: Ledger) -> str:
    """Return the costliest and the best rows by kind and touchpoint, what adds up, and what to know."""
    lines = [said("ledger", "head", about=_about(ledger)), "", _head(ledger.priced)]
    table, half = ledger.table, _MOST // 2
    for place, (name, row) in enumerate(_named(table)):
        if half <= place < len(table) - half:
            lines += [said("ledger", "more", n=len(table) - 2 * half)] if place == half else []
            continue
        lines.append(_line(name, row, ledger.priced))
    notes = [line for note in _notes(ledger) for line in textwrap.wrap(note, _WIDTH)]
    return "\n".join([*lines, "", *_sums(ledger), *notes])


def page(ledger: Ledger) -> str:
    """Return the same for a notebook, with the thirty costliest rows."""
    head = [said("ledger", name) for name in (*_PAGE, *(["money"] if ledger.priced else []))]
    rows = (_cells(name, row, ledger.priced) for name, row in _named(ledger.table))
    table = html_table(head, rows, most=_SHOWN, more=more)
    return html_result("Ledger", _about(ledger), table, html_said([" ".join(_sums(ledger)), *_notes(ledger)]))


def _day(at: Any, ledger: Ledger) -> str:
    return iso(on_clock(at, ledger.timezone))[:10]


def _about(ledger: Ledger) -> str:
    about = {"since": _day(ledger.since, ledger), "until": _day(ledger.until, ledger), "interactions": len(ledger)}
    return said("ledger", "about", n=ledger.customers, **about)


def _named(table: pd.DataFrame) -> Iterator[tuple[str, dict[Any, Any]]]:
    return zip(contacts_words(table), table.to_dict("records"), strict=True)


def _cells(name: str, row: dict[Any, Any], money: bool) -> list[str]:
    moved = [written(row["experience"], "+.2f"), _number(row["experience_well"]), written(row["presence"], "+.2f")]
    cells = [name, written(row["contacts"], ",.0f"), *moved, written(row["heads"], "+.1f"), _between(row)]
    return [*cells, *([written(row["money"], "+,.0f")] if money else [])]


def _between(row: dict[Any, Any]) -> str:
    return said("ledger", "between", low=row["heads_low"], high=row["heads_high"])


def _head(money: bool) -> str:
    return _aligned(
        said("ledger", "contact"),
        said("ledger", "interactions"),
        [said("ledger", name) for name in ("short_experience", "short_well", "short_presence", "heads", "interval")],
        said("ledger", "money") if money else None,
    )


def _line(name: str, row: dict[Any, Any], money: bool) -> str:
    moved = [written(row["experience"], "+.2f"), _number(row["experience_well"]), written(row["presence"], "+.2f")]
    return _aligned(
        name,
        written(row["contacts"], ",.0f"),
        [*moved, written(row["heads"], "+.1f"), _between(row)],
        written(row["money"], "+,.0f") if money else None,
    )


def _aligned(contact: str, count: str, numbers: list[str], money: str | None) -> str:
    """Put a line in columns; where there is money, presence makes room for it."""
    experience, well, presence, heads, between = numbers
    # a long word in the title of the counts takes from the names before it
    room = 32 - max(8, len(count))
    name = contact if len(contact) < room else f"{contact[: room - 2]}…"
    line = f"{name:<{room}}{count:>{32 - room}} {experience:>7} {well:>6}"
    line += f" {presence:>6}" if money is None else ""
    line += f" {heads:>7} {between:^14}"
    return line if money is None else f"{line} {money:>8}"


def _sums(ledger: Ledger) -> Iterator[str]:
    sums = ledger.totals.set_index("part")["points"] / 100
    moved = {part: _heads(sums[part]) for part in sums.index}
    parts = [
        said("parts", "moved", part=said("parts", part), points=heads)
        for part, heads in moved.items()
        if part != "whole"
    ]
    yield from textwrap.wrap(said("ledger", "in_all", heads=moved["whole"], parts=Together(parts)), _WIDTH)
    yield from textwrap.wrap(said("ledger", "note"), _WIDTH)


def _heads(number: float) -> str:
    """Write heads in a sentence, where a dot for none would read like its end."""
    return said("ledger", "no_heads") if points(number) == "." else points(number)


def _notes(ledger: Ledger) -> list[str]:
    notes = [as_spoken(note) for note in ledger.notes]
    return [f"{note[:1].upper()}{note[1:]}." for note in notes]


def _number(value: float) -> str:
    return "-" if value != value else written(value, "+.2f")
