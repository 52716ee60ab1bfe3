"""What the log says to each claim, as a table and a page."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxchurn._core import Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH = 80


@dataclass(frozen=True, eq=False, repr=False)
class Claims:
    """What the log says to the sayings of the trade; made by `claims`.

    Attributes
    ----------
    table : DataFrame
        One row a claim: ``claim`` (its name), ``saying``, ``said`` (the share that the saying names, as text); ``share`` here,
        ``like`` (the share among like customers), ``difference`` with its 95 % interval ``low`` and ``high`` (where nobody is
        compared the interval is that of the share), ``p``; ``exposed`` and ``compared`` (customers on either side),
        ``outcomes`` (rows with the outcome); ``verdict`` ("holds here", "holds in direction, not in size", "does not
        hold here", "cannot be told"), ``why`` (the rule that decided, and who was counted), ``source``.
    churn : str
        What leaving is, in words.
    notes : tuple of str
        What was compared with what, and the rule.
    """

    table: pd.DataFrame
    churn: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        held = self.table["verdict"].value_counts()
        counts = [
            f"{held[verdict]} {words[int(held[verdict] > 1)]}" for verdict, words in _WORDS.items() if verdict in held
        ]
        lines = textwrap.wrap(f"Claims: {', '.join(counts)}", _WIDTH)
        rows: list[dict[str, Any]] = self.table.to_dict("records")  # type: ignore[assignment]
        for row in rows:
            lines += ["", *_said(row)] if _told(row) else []
        rest = [row for row in rows if not _told(row)]
        lines += ["", "Cannot be told here"] if rest else []
        for row in rest:
            words = f"- “{row['saying']}” {_why(row)}"
            lines += textwrap.wrap(words, _WIDTH, initial_indent="  ", subsequent_indent="    ")
        for note in self.notes:
            lines += ["", *textwrap.wrap(note, _WIDTH)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


_WORDS = {
    "holds here": ("holds here", "hold here"),
    "holds in direction, not in size": ("holds in direction alone", "hold in direction alone"),
    "does not hold here": ("does not", "do not"),
    "cannot be told": ("cannot be told", "cannot be told"),
}


def _told(row: dict[str, Any]) -> bool:
    return math.isfinite(row["share"])


def _said(row: dict[str, Any]) -> Iterator[str]:
    yield from textwrap.wrap(f"“{row['saying']}”", _WIDTH, subsequent_indent=" ")
    yield from textwrap.wrap(f"{_verdict(row)}", _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _verdict(row: dict[str, Any]) -> str:
    verdict = str(row["verdict"])
    head = f"{verdict[:1].upper()}{verdict[1:]}"
    if not math.isfinite(row["like"]):
        if not math.isfinite(row["low"]):
            return f"{head}: {row['share']:.1f} times as much, {row['why']}."
        return f"{head}: {row['share']:.0%} [{row['low']:.0%}, {row['high']:.0%}] of {row['exposed']:,} customers. {_why(row)}"
    said = f" (said: {row['said']})" if row["said"] else ""
    points = f"{100 * row['difference']:+.1f} points [{100 * row['low']:+.1f}, {100 * row['high']:+.1f}]"
    return (
        f"{head}: {row['share']:.1%} of them{said}, {row['like']:.1%} of like customers: {points}, "
        f"{row['exposed']:,} customers beside {row['compared']:,}. {_why(row)}"
    )


def _why(row: dict[str, Any]) -> str:
    why = str(row["why"])
    return f"{why[:1].upper()}{why[1:]}."
