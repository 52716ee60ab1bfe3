"""What the model would say: its numbers, a page of 80 columns, and a table for a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import html_result, html_said, html_table, iso, on_clock
from cxchurn.explanation.ledger import in_sentence, part_said, points
from cxchurn.explanation.whatif._edits import Edit
from cxchurn.words import Language, Printed, Together, english, more, said, speaking, spoken, value_words

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _MOST = 80, 6


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(Printed):
    """What the model says of a customer, and what it would say had some interactions gone otherwise; made by `what_if`.

    Attributes
    ----------
    customer_id : str or int
    at : datetime64[us]
    edits : tuple of Edit
    before, after : float
        The probability to churn, as it was and with the edits; NaN where the customer is not asked about.
    not_asked : str
        Why one of them is missing, "" where none is.
    parts : DataFrame
        ``part`` (presence, experience, other), ``log_odds``, ``points`` (of probability): they add up to the change.
    drivers : DataFrame
        ``theme``, ``driver``, ``log_odds``, ``points``, the largest change first; they add up to it too.
    sentences : DataFrame
        What reads otherwise: ``theme``, ``driver``, ``column``, ``before``, ``after`` (sentences), ``points``, the largest
        change first.
    model_version : str
    language : Language
        What it is printed in: that of the model.
    """

    customer_id: Any
    at: np.datetime64
    edits: tuple[Edit, ...]
    before: float
    after: float
    not_asked: str
    parts: pd.DataFrame
    drivers: pd.DataFrame
    sentences: pd.DataFrame
    model_version: str
    language: Language = field(default_factory=english)
    timezone: str = "UTC"

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know when reading it: of the edits, and of all such answers."""
        with speaking(self.language):
            return tuple(notes_of(self.edits))

    def _text(self) -> str:
        return page(self)

    def _html(self) -> str:
        return html(self)


def page(found: WhatIf) -> str:
    """Return the edits, the risk before and after, and what reads otherwise."""
    lines = [said("what_if", "head", **_about(found)), *(f"  {edit!r}" for edit in found.edits), _risk(found)]
    if found.not_asked:
        return "\n".join(lines)
    lines += [f"  {_parts(found)}", *_sentences(found)]
    lines += [line for note in notes_of(found.edits) for line in textwrap.wrap(note, _WIDTH)]
    return "\n".join(lines)


def html(found: WhatIf) -> str:
    """Return the same for a notebook."""
    about = said("what_if", "about", **_about(found))
    edits = html_table([said("what_if", "edit")], ([repr(edit)] for edit in found.edits))
    if found.not_asked:
        return html_result("WhatIf", about, edits, html_said([_risk(found)]))
    head = [said("what_if", name) for name in ("points", "before", "after")]
    rows = ([points(row["points"]), row["before"], row["after"]] for row in found.sentences.to_dict("records"))
    table = (
        html_table(head, rows, most=_MOST, more=more)
        if len(found.sentences)
        else html_said([said("what_if", "nothing")])
    )
    said_of = html_said([f"{_risk(found)}: {_parts(found)}"])
    return html_result("WhatIf", about, edits, said_of, table, html_said(notes_of(found.edits)))


def notes_of(edits: Iterable[Edit]) -> list[str]:
    """Return what to know when reading it: of the edits, each once, and of all such answers."""
    return [said("what_if", name) for name in dict.fromkeys([*(edit.note for edit in edits if edit.note), "note"])]


def _about(found: WhatIf) -> dict[str, str]:
    return {"customer": str(found.customer_id), "at": iso(on_clock(found.at, found.timezone))[:16]}


def _risk(found: WhatIf) -> str:
    if found.not_asked:
        return said("what_if", "not_asked", why=value_words("not_asked", found.not_asked))
    moved = in_sentence(100 * (found.after - found.before))
    return said("what_if", "risk", before=found.before, after=found.after, points=moved)


def _parts(found: WhatIf) -> str:
    rows = found.parts.to_dict("records")
    return Together(part_said(row["part"], row["points"]) for row in rows).said_in(spoken())


def _sentences(found: WhatIf) -> Iterator[str]:
    rows = found.sentences.head(_MOST).to_dict("records")
    for row in rows:
        text = f"{points(row['points']):>5}  {row['before']} -> {row['after']}"
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent=" " * 9)
    if not rows:
        yield f"  {said('what_if', 'nothing')}"
