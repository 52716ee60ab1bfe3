"""A ledger as a table, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from cxchurn._core import html_result, html_said, html_table, iso, on_clock
from cxchurn.explanation.ledger._contact import contacts_words, on_a_line
from cxchurn.explanation.ledger._points import in_sentence
from cxchurn.words import Together, as_spoken, more, said, some_of, written

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _MOST, _SHOWN = 80, 12, 30
# columns that have a shorter title in print
_SHORT = ("experience", "well", "presence")
# how wide each column is in print, and on which side its texts stand
_FORMS = {"experience": ">7", "well": ">6", "presence": ">6", "heads": ">7", "interval": "^14", "money": ">8"}


class Shown(NamedTuple):
    """What is shown of a `Ledger`, whose attributes these are; `about` says of whom and of when it is."""

    about: str
    table: pd.DataFrame
    totals: pd.DataFrame
    notes: tuple[str, ...]
    priced: bool


def day(at: Any, timezone: str) -> str:
    """Return the day of an instant by the clock of a zone."""
    return iso(on_clock(at, timezone))[:10]


def about_words(customers: int, interactions: int, since: str, until: str) -> str:
    """Say how many customers and interactions a ledger is of, and of which days."""
    return said("ledger", "about", n=customers, interactions=interactions, since=since, until=until)


def words(ledger: Shown) -> str:
    """Return the costliest and the best rows by kind and touchpoint, what adds up, and what to know."""
    table, half, columns = ledger.table, _MOST // 2, _columns(ledger)
    lines = [said("ledger", "head", about=ledger.about), "", _head(columns)]
    for place, (name, row) in enumerate(_named(table)):
        if half <= place < len(table) - half:
            lines += [said("ledger", "more", n=len(table) - 2 * half)] if place == half else []
            continue
        lines.append(_line(name, row, columns))
    notes = [line for note in _notes(ledger) for line in textwrap.wrap(note, _WIDTH)]
    return "\n".join([*lines, "", *_sums(ledger), *notes])


def page(ledger: Shown) -> str:
    """Return the same for a notebook, with the thirty costliest rows."""
    columns = _columns(ledger, narrow=False)
    head = [said("ledger", name) for name in ("contact", "interactions", *columns)]
    rows = ([name, *_cells(row, ("contacts", *columns))] for name, row in _named(ledger.table))
    table = html_table(head, rows, most=_SHOWN, more=more)
    return html_result("Ledger", ledger.about, table, html_said([" ".join(_sums(ledger)), *_notes(ledger)]))


def _columns(ledger: Shown, *, narrow: bool = True) -> list[str]:
    """Return which columns there are: none of contacts that went well where that is known of none."""
    well = ["well"] if _tells(ledger) else []
    # where there is money, presence makes room for it
    presence = [] if narrow and well and ledger.priced else ["presence"]
    return ["experience", *well, *presence, "heads", "interval", *(["money"] if ledger.priced else [])]


def _tells(ledger: Shown) -> bool:
    return bool(ledger.table["experience_well"].notna().any())


def _named(table: pd.DataFrame) -> Iterator[tuple[str, dict[Any, Any]]]:
    return zip(contacts_words(table), table.to_dict("records"), strict=True)


def _cells(row: dict[Any, Any], columns: Iterable[str]) -> list[str]:
    write = {
        "contacts": lambda: written(row["contacts"], ",.0f"),
        "experience": lambda: written(row["experience"], "+.2f"),
        "well": lambda: _number(row["experience_well"]),
        "presence": lambda: written(row["presence"], "+.2f"),
        "heads": lambda: written(row["heads"], "+.1f"),
        "interval": lambda: said("ledger", "between", low=row["heads_low"], high=row["heads_high"]),
        "money": lambda: written(row["money"], "+,.0f"),
    }
    return [write[name]() for name in columns]


def _head(columns: list[str]) -> str:
    short = [said("ledger", f"short_{name}" if name in _SHORT else name) for name in columns]
    return _aligned(said("ledger", "contact"), said("ledger", "interactions"), columns, short)


def _line(name: str, row: dict[Any, Any], columns: list[str]) -> str:
    count, *cells = _cells(row, ("contacts", *columns))
    return _aligned(name, count, columns, cells)


def _aligned(contact: str, count: str, columns: list[str], cells: list[str]) -> str:
    """Put a line in columns; a name that is too long for its column stands on a line of its own."""
    # a long word in the title of the counts takes from the names before it
    room = 32 - max(8, len(count))
    above = "" if len(contact) < room else f"{on_a_line(contact, _WIDTH)}\n"
    name = "" if above else contact
    shown = (f"{cell:{_FORMS[column]}}" for column, cell in zip(columns, cells, strict=True))
    return above + " ".join([f"{name:<{room}}{count:>{32 - room}}", *shown])


def _sums(ledger: Shown) -> Iterator[str]:
    sums = ledger.totals.set_index("part")["points"] / 100
    moved = {part: in_sentence(sums[part]) for part in sums.index}
    parts = [
        said("parts", "moved", part=said("parts", part), points=heads)
        for part, heads in moved.items()
        if part != "whole"
    ]
    yield from textwrap.wrap(said("ledger", "in_all", heads=moved["whole"], parts=Together(parts)), _WIDTH)
    yield from textwrap.wrap(said("ledger", "note" if _tells(ledger) else "note_none_well"), _WIDTH)


def _notes(ledger: Shown) -> list[str]:
    notes = [*_untold(ledger), *(as_spoken(note) for note in ledger.notes)]
    return [f"{note[:1].upper()}{note[1:]}." for note in notes]


def _untold(ledger: Shown) -> list[str]:
    """Name the contacts of which nothing says what they were like, where there are any."""
    names = [name for name, row in _named(ledger.table) if not row["told"]]
    return [said("ledger", "untold", contacts=some_of(names, word="semicolon"))] if names else []


def _number(value: float) -> str:
    return "-" if value != value else written(value, "+.2f")
