"""One row that was read, and the events that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxchurn.interactions.rows._report import Broken


@dataclass(frozen=True)
class Event:
    """One event of a row, in canonical columns; what is missing is left out.

    Attributes
    ----------
    known : int
        When it became known, in microseconds since 1970: its place in time.
    values : dict of str to value
        Instants in microseconds, numbers, yes and no, and labels as text; without who and when known.
    once : tuple or None
        Where one event a matter is made of several rows: which matter. The earliest stands.
    order : tuple
        What is earliest among those of a matter.
    """

    known: int
    values: dict[str, Any]
    once: tuple[Any, ...] | None = None
    order: tuple[Any, ...] = ()


@dataclass
class Row:
    """One row that was read.

    Attributes
    ----------
    cells : mapping
        As it was given.
    customer : str, int or None
    event_id : str, int or None
        The id that its source gave it.
    content : tuple
        What it says, by which repeats and copies are told: with an id all but when it became known; without one all of it, as
        it was written, and the columns that the schema does not use.
    events : list of Event
        What it becomes; none where it breaks a rule that refuses it.
    broken : list of Broken
        The rules it breaks, and what else there is to know of it.
    """

    cells: Mapping[str, Any]
    customer: Any = None
    event_id: Any = None
    content: tuple[Any, ...] = ()
    events: list[Event] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    refused: bool = False
