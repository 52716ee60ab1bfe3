"""What the log says to each claim: a table, a page of 80 columns, and a table for a notebook."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxchurn._core import Deferred, html_result, html_said, html_table
from cxchurn.words import Language, Printed, Together, as_spoken, said, speaking, spoken, value_words, written

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_WIDTH = 80
# verdicts as the table has them, and the key of what counts them
_COUNTED = {
    "holds here": "holds",
    "holds in direction, not in size": "direction",
    "does not hold here": "does_not",
    "cannot be told": "unknown",
}
_HEAD = ("saying", "verdict", "share", "like", "difference", "customers", "why")


@dataclass(frozen=True, eq=False, repr=False)
class Claims(Printed):
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
    texts : tuple of (str, str)
        The saying and the why of each row, as they can be said in another language.
    language : Language, optional
        What it is printed in; see `in_language`.
    """

    table: pd.DataFrame
    churn: str
    notes: tuple[str, ...]
    texts: tuple[tuple[str, str], ...] = ()
    language: Language | None = None

    def said(self) -> pd.DataFrame:
        """Return the table with what is said and why in the language that the claims speak."""
        with speaking(self.language):
            return pd.DataFrame(records(self), columns=self.table.columns)

    def _text(self) -> str:
        return page(self)

    def _html(self) -> str:
        return html(self)


def page(found: Claims) -> str:
    """Return the page: what can be told in a few lines each, then what cannot."""
    lines = textwrap.wrap(said("claims", "head", counts=_counts(found)), _WIDTH)
    rows = records(found)
    for row in rows:
        lines += ["", *_block(row)] if is_told(row) else []
    rest = [row for row in rows if not is_told(row)]
    lines += ["", said("claims", "cannot")] if rest else []
    for row in rest:
        text = said("claims", "cannot_line", saying=row["saying"], why=_sentence(row["why"]))
        lines += textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")
    for note in found.notes:
        lines += ["", *textwrap.wrap(as_spoken(note), _WIDTH)]
    return "\n".join(lines)


def html(found: Claims) -> str:
    """Return the same for a notebook."""
    head = [said("claims", f"head_{name}") for name in _HEAD]
    table = html_table(head, map(_cells, records(found)))
    return html_result("Claims", _counts(found).said_in(spoken()), table, html_said(map(as_spoken, found.notes)))


def records(found: Claims) -> list[dict[str, Any]]:
    """Return the rows of the table, with the saying and the why of each in the language that is spoken."""
    rows: list[dict[str, Any]] = found.table.to_dict("records")  # type: ignore[assignment]
    texts = found.texts or [(row["saying"], row["why"]) for row in rows]
    if len(texts) != len(rows):
        return rows
    return [
        {**row, "saying": as_spoken(saying), "why": as_spoken(why)}
        for row, (saying, why) in zip(rows, texts, strict=True)
    ]


def is_told(row: dict[str, Any]) -> bool:
    """Whether there is a number to tell of a claim: none of customers to whom what is said came on neither side."""
    return math.isfinite(row["share"]) and not (math.isfinite(row["like"]) and row["outcomes"] == 0)


def _counts(found: Claims) -> Together:
    held = found.table["verdict"].value_counts()
    return Together(said("claims", key, n=int(held[verdict])) for verdict, key in _COUNTED.items() if verdict in held)


def _block(row: dict[str, Any]) -> Iterator[str]:
    yield from textwrap.wrap(said("claims", "saying", saying=row["saying"]), _WIDTH, subsequent_indent=" ")
    yield from textwrap.wrap(_verdict(row), _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _verdict(row: dict[str, Any]) -> str:
    verdict = _capital(value_words("claims", str(row["verdict"])))
    told = {"verdict": verdict, "why": _sentence(row["why"])}
    if math.isfinite(row["like"]):
        named = said("claims", "named", said=row["said"]) if row["said"] else ""
        sides = {"share": row["share"], "like": row["like"], "exposed": row["exposed"], "others": row["compared"]}
        return said("claims", "compared", **told, named=named, **sides, **_points(row))
    if not math.isfinite(row["low"]):
        return said("claims", "times", verdict=verdict, times=row["share"], why=row["why"])
    return said(
        "claims", "of_all", **told, share=row["share"], low=row["low"], high=row["high"], customers=row["exposed"]
    )


def _points(row: dict[str, Any]) -> dict[str, float]:
    # of the shares as they are written, so that who subtracts them finds the same
    difference = round(100 * row["share"], 1) - round(100 * row["like"], 1)
    return {"points": difference, "low": 100 * row["low"], "high": 100 * row["high"]}


def _cells(row: dict[str, Any]) -> list[str]:
    has_like, cells = (
        is_told(row) and math.isfinite(row["like"]),
        [row["saying"], value_words("claims", str(row["verdict"]))],
    )
    share = written(row["share"], ".1%" if math.isfinite(row["low"]) else "fold") if is_told(row) else ""
    like = written(row["like"], ".1%") if has_like else ""
    difference = said("claims", "difference", **_points(row)) if has_like else ""
    return [*cells, share, like, difference, written(row["exposed"], ",.0f"), _sentence(row["why"])]


def _sentence(text: str) -> str:
    return f"{_capital(text)}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
