"""Conventions: what some texts of a source say about how its other texts are meant.

A time without a zone is a mistake where others have one, a point may stand before thousands where others have a decimal
comma, and ``1001.0`` is the customer ``1001`` where all ids are whole numbers. So no row can be read rightly before all rows
were looked at: where a source is read in shards, each says what it found, and all are read by what was found together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions.reading._casts import Cast
from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.reading._ids import WHOLE
from cxchurn.interactions.store._labels import is_text


@dataclass(frozen=True)
class Conventions:
    """How texts of a source are meant.

    Parameters
    ----------
    told : frozenset of str
        The columns, by their canonical names, some of whose cells say how others are meant: they carry a zone, or a decimal
        comma.
    whole : bool
        Whether all customers' ids are whole numbers.
    padded, pointed : int
        How many rows have blanks around the id; how many have one written as ``1001.0``.
    blank, point : str or None
        An example of each.
    """

    told: frozenset[str] = frozenset()
    whole: bool = True
    padded: int = 0
    pointed: int = 0
    blank: str | None = None
    point: str | None = None

    def __or__(self, other: Conventions) -> Conventions:
        """Return what the rows of both say."""
        return Conventions(
            self.told | other.told,
            self.whole and other.whole,
            self.padded + other.padded,
            self.pointed + other.pointed,
            self.blank if other.blank is None else other.blank if self.blank is None else min(self.blank, other.blank),
            self.point if other.point is None else other.point if self.point is None else min(self.point, other.point),
        )

    def reads_alike(self, other: Conventions) -> bool:
        """Whether rows that hold to this are read by the other as by this one."""
        same_ids = not self.pointed or self.whole == other.whole
        return self.told == other.told and same_ids

    def notes(self, label: str) -> list[str]:
        """Say which ids of a source are read otherwise than they are written."""
        found = []
        if self.padded:
            found.append(
                f"{label}: {self.padded:,} rows have blanks around the customer's id, such as {self.blank!r}: read without."
            )
        if self.pointed and self.whole and self.point is not None:
            found.append(
                f"{label}: {self.pointed:,} rows have a whole number with .0 as the customer's id, such as {self.point!r}: "
                f"read as {self.point.split('.')[0]!r}."
            )
        return found


def told_by(con: Any, casts: Mapping[str, Cast]) -> frozenset[str]:
    """Return the columns of ``raw`` some of whose cells say how others are meant."""
    tells = {label: cast.tells for label, cast in casts.items() if cast.tells is not None}
    if not tells:
        return frozenset()
    asked = ", ".join(f"coalesce(bool_or({tell}), FALSE)" for tell in tells.values())
    found = rows(con, f"SELECT {asked} FROM raw")[0]
    return frozenset(label for label, holds in zip(tells, found, strict=True) if holds)


def are_whole(customers: Iterable[pa.Array]) -> bool:
    """Whether ids, given part by part, are all whole numbers."""
    return all(
        not is_text(part.type) or bool(pc.all(pc.match_substring_regex(part, f"^{WHOLE}$")).as_py() is not False)
        for part in customers
    )
