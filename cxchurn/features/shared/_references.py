"""What customers are compared with: dated tables about everybody, one a week."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxchurn._core import MismatchError, instant, iso
from cxchurn.words import Phrase

Table = dict[str, list[float]]
# no number in a table rests on fewer customers
FEWEST = 10
NONE = "none"
_WEEK = 7 * 86_400_000_000
# 1970 began on a Thursday
_MONDAY = 4 * 86_400_000_000
# a model that is trained once a month is never said to be old
_OLD = 5 * _WEEK


@dataclass(frozen=True, eq=False)
class References:
    """Dated tables about customers in general: one a week, as of its Monday, 00:00 UTC.

    A table is made from what was known before its Monday about everybody asked about then, so that anybody makes the same
    from the same log. It holds no customer's number: each rests on ten customers at least. At a cut-off the newest table made
    at or before it serves.

    Attributes
    ----------
    tables : mapping of str to mapping of int to table
        By builder (as it prints) and moment (microseconds since 1970).
    crowd : mapping of int to int
        How many customers each moment's tables were made of.
    made_for : mapping of str to str
        What a model must share to be served: ``churn``, ``populations``, and a digest of its ``labels``.

    Examples
    --------
    >>> cx.refresh(model, log, at="2024-11-15").version("2024-11-15")
    '2024-11-11-...'
    """

    tables: Mapping[str, Mapping[int, Table]] = field(default_factory=dict)
    crowd: Mapping[int, int] = field(default_factory=dict)
    made_for: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        if not self.crowd:
            return "References(none)"
        first, last = (iso(_time(at)) for at in (min(self.crowd), max(self.crowd)))
        weeks = first if first == last else f"{len(self.crowd)} weeks, {first} .. {last}"
        return f"References({weeks}, {self.crowd[max(self.crowd)]:,} customers)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, References) and references_to_plain(self) == references_to_plain(other)

    __hash__ = None  # type: ignore[assignment]  # it holds dictionaries

    def moment(self, at: Any) -> int | None:
        """Return the moment of the newest tables made at or before an instant, None before the first."""
        cutoff = int(instant(at, name="at").astype(np.int64))
        return max((moment for moment in self.crowd if moment <= cutoff), default=None)

    def version(self, at: Any) -> str:
        """Return the version of the tables that serve at an instant: their Monday, and a digest of what they hold.

        Whoever has the same tables has the same version. "none" where nothing is compared.
        """
        moment = self.moment(at)
        if moment is None or not self.tables:
            return NONE
        held = {name: tables.get(moment) for name, tables in self.tables.items()}
        return f"{iso(_time(moment))}-{digest(held)[:8]}"

    def updated(self, other: References) -> References:
        """Return these and the other tables together; where both have a week, the other's stand."""
        names = [*self.tables, *(name for name in other.tables if name not in self.tables)]
        tables = {name: {**self.tables.get(name, {}), **other.tables.get(name, {})} for name in names}
        return References(tables, {**self.crowd, **other.crowd}, other.made_for or self.made_for)

    def fewer_than(self, own: References, *, share: float = 0.5) -> str | None:
        """Return in words that these were made of far fewer customers than a model's own tables, or None.

        Parameters
        ----------
        own : References
        share : float, default 0.5
            Of the customers that the model's tables of about that time were made of.
        """
        for at, size in self.crowd.items():
            there = own.moment(_time(at))
            before = own.crowd[min(own.crowd) if there is None else there] if own.crowd else 0
            if size < share * before:
                return Phrase("evaluation", "fewer", n=size, at=iso(_time(at)), before=before)
        return None

    def note(self, at: Any) -> str | None:
        """Return in words what is amiss with the tables that serve at an instant, None where nothing is."""
        moment, cutoff = self.moment(at), instant(at, name="at")
        if not self.tables:
            return None
        if moment is None:
            return (
                f"there is no reference table from before {iso(cutoff)}, so nobody is compared with customers in general:"
                " those features are missing."
            )
        age = int(cutoff.astype(np.int64)) - moment
        if age <= _OLD:
            return None
        return (
            f"customers are compared with customers in general as of {iso(_time(moment))}, {age // _WEEK} weeks before"
            f" {iso(cutoff)}: refresh the tables from the log of everybody (cx.refresh, or --refresh)."
        )


def grid(times: np.ndarray) -> np.ndarray:
    """Return the last Monday, 00:00 UTC, at or before each instant; both int64 microseconds."""
    return (times - _MONDAY) // _WEEK * _WEEK + _MONDAY


def check_fits(given: References, needed: References) -> None:
    """Raise an error where given tables were made for another model than the needed ones.

    Parameters
    ----------
    given : References
    needed : References
        Of the model that is to be served.
    """
    differ = [
        f"{what}: {given.made_for.get(what, 'not said')}, the model's is {needed.made_for.get(what, 'not said')}"
        for what in sorted({*given.made_for, *needed.made_for})
        if given.made_for.get(what) != needed.made_for.get(what)
    ]
    if set(given.tables) != set(needed.tables):
        differ.append(f"tables of {_named(given.tables)}, the model needs {_named(needed.tables)}")
    if differ:
        raise MismatchError(
            "the reference tables were made for another model:\n" + "\n".join(f"  {line}" for line in differ),
            allowed="tables of a model with the same churn definition, builders and labels",
            hint="make them with this model: cx.refresh(model, log), or cxchurn score --refresh.",
        )


def digest(data: Any) -> str:
    """Return a fingerprint of plain data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def references_to_plain(references: References) -> dict[str, Any]:
    """Return reference tables as plain data."""
    return {
        "made_for": dict(references.made_for),
        "crowd": {iso(_time(at)): size for at, size in references.crowd.items()},
        "tables": {
            name: {iso(_time(at)): table for at, table in tables.items()} for name, tables in references.tables.items()
        },
    }


def references_from_plain(data: dict[str, Any]) -> References:
    """Make reference tables again from `references_to_plain`."""
    tables = {
        name: {
            _moment(at): {key: [float(one) for one in numbers] for key, numbers in table.items()}
            for at, table in dated.items()
        }
        for name, dated in data["tables"].items()
    }
    return References(tables, {_moment(at): int(size) for at, size in data["crowd"].items()}, dict(data["made_for"]))


def shortened(numbers: Iterable[float]) -> list[float]:
    """Return numbers as a table holds them: to six digits, so that the same log makes the same table on every machine."""
    return [float(f"{number:.6g}") for number in numbers]


def _moment(at: str) -> int:
    return int(instant(at, name="a reference table's moment").astype(np.int64))


def _time(moment: int) -> np.datetime64:
    return np.datetime64(moment, "us")


def _named(tables: Iterable[str]) -> str:
    return ", ".join(sorted(tables)) or "none"
