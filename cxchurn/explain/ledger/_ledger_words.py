"""A ledger as a table, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cxchurn._core import html_result, html_said, html_table, iso
from cxchurn.explain.ledger._account_words import points
from cxchurn.explain.ledger._contact import contacts_words

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.explain.ledger._ledger import Ledger

_WIDTH, _MOST, _SHOWN = 80, 12, 30
# letters for the name of contacts
_ROOM = 23
_NOTE = (
    "exper., well, pres.: points of probability a contact, by what it was like, of contacts of the same kind that went well, "
    "by having been in touch. heads: customers that experience cost (a gain below 0), with the 95 % interval by customer. "
    "Association, not effect."
)


def words(ledger: Ledger) -> str:
    """Return the costliest and the best rows by kind and touchpoint, what adds up, and what to know."""
    lines = [
        f"Ledger of {_about(ledger)}",
        "",
        _head(ledger.priced),
    ]
    table, half = ledger.table, _MOST // 2
    for place, (name, row) in enumerate(_named(table)):
        if half <= place < len(table) - half:
            lines += [f"... {len(table) - 2 * half} more, see .table"] if place == half else []
            continue
        lines.append(_line(name, row, ledger.priced))
    return "\n".join([*lines, "", *_sums(ledger), *(one for note in ledger.notes for one in _wrapped(f"{note}."))])


def page(ledger: Ledger) -> str:
    """Return the same for a notebook, with the thirty costliest rows."""
    head = [
        "kind, touchpoint",
        "interactions",
        "experience (points each)",
        "that went well",
        "presence",
        "heads",
        "95%",
    ]
    rows = (_cells(name, row, ledger.priced) for name, row in _named(ledger.table))
    table = html_table([*head, *(["money"] if ledger.priced else [])], rows, most=_SHOWN)
    notes = [f"{note[:1].upper()}{note[1:]}." for note in ledger.notes]
    return html_result("Ledger", _about(ledger), table, html_said([" ".join(_sums(ledger)), *notes]))


def _about(ledger: Ledger) -> str:
    when = f"{iso(ledger.since)[:10]} to {iso(ledger.until)[:10]}"
    return f"{ledger.customers:,} customers, {when}: {len(ledger):,} interactions"


def _named(table: pd.DataFrame) -> Iterator[tuple[str, dict[Any, Any]]]:
    return zip(contacts_words(table), table.to_dict("records"), strict=True)


def _cells(name: str, row: dict[Any, Any], money: bool) -> list[str]:
    between = f"{row['heads_low']:+.1f} .. {row['heads_high']:+.1f}"
    moved = [f"{row['experience']:+.2f}", _number(row["experience_well"]), f"{row['presence']:+.2f}"]
    said = [name, f"{row['contacts']:,}", *moved, f"{row['heads']:+.1f}", between]
    return [*said, *([f"{row['money']:+,.0f}"] if money else [])]


def _head(money: bool) -> str:
    head = f"{'kind, touchpoint':<19} {'interactions':>12} {'exper.':>7} {'well':>6}"
    return f"{head}{'' if money else '  pres.'} {'heads':>7} {'95 %':^14}{'    money' if money else ''}"


def _line(name: str, row: dict[Any, Any], money: bool) -> str:
    between = f"{row['heads_low']:+.1f} .. {row['heads_high']:+.1f}"
    line = f"{name if len(name) <= _ROOM else f'{name[: _ROOM - 1]}…':<{_ROOM}} {row['contacts']:>8,}"
    line += f" {row['experience']:>+7.2f} {_number(row['experience_well']):>6}"
    line += "" if money else f" {row['presence']:>+6.2f}"
    line += f" {row['heads']:>+7.1f} {between:^14}"
    return line + (f" {row['money']:>+8,.0f}" if money else "")


def _sums(ledger: Ledger) -> Iterator[str]:
    sums = ledger.totals.set_index("part")["points"] / 100
    parts = ", ".join(f"{part} {_heads(sums[part])}" for part in sums.index if part != "whole")
    yield from textwrap.wrap(f"In all {_heads(sums['whole'])} heads: {parts}.", _WIDTH)
    yield from textwrap.wrap(_NOTE, _WIDTH)


def _heads(number: float) -> str:
    """Write heads in a sentence, where a dot for none would read like its end."""
    return "none" if points(number) == "." else points(number)


def _wrapped(note: str) -> list[str]:
    return textwrap.wrap(note[:1].upper() + note[1:], _WIDTH)


def _number(value: float) -> str:
    return "-" if value != value else f"{value:+.2f}"
