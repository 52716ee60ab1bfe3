"""Segments: their numbers, a page of 80 columns, and a table for a notebook."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxchurn._core import html_result, html_said, html_table
from cxchurn.explanation.reasons._reasons import points_said
from cxchurn.words import Language, Printed, as_spoken, english, said, written

if TYPE_CHECKING:
    import pandas as pd

_WIDTH = 80
_MONEY = ("value", "value_at_risk")


@dataclass(frozen=True, eq=False, repr=False)
class Segments(Printed):
    """Customers in segments by the reason of their risk; made by `segments`.

    Attributes
    ----------
    table : DataFrame
        One row a segment, the largest first, then other reasons, no reason that can be told, and not at risk; together they are
        everybody. ``segment`` (in words), ``subject`` (a driver of experience, or a theme; "" for the last three), ``theme``,
        ``actionable`` (whether somebody can act on it), ``at_risk`` (all but the last segment), ``rows``, ``customers``,
        ``share`` (of all rows), ``probability`` (mean), ``leavers`` (sum of the probabilities), ``points`` (median weight of
        the reason, in points of probability), ``column`` that tells it most often and its ``sentence`` for the median customer;
        with labels ``churn_rate`` (the share that left), with values ``value`` and ``value_at_risk`` (money, summed; the second
        times the probability).
    rows : DataFrame
        One row a row of the explanation, in its order: ``customer_id``, ``cutoff``, ``churn_probability``, ``segment``,
        ``subject``, ``column``, ``points``.
    at_least : float
        The probability from which on a customer is at risk.
    notes : tuple of str
        What to know.
    language : Language
        What it is said in: that of the explanation.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    at_least: float
    notes: tuple[str, ...]
    language: Language = field(default_factory=english)

    def _text(self) -> str:
        return page(self)

    def _html(self) -> str:
        return html(self)


def page(found: Segments) -> str:
    """Return the page: every segment in a few lines."""
    lines = textwrap.wrap(said("segments", "at_risk", **_about(found)), _WIDTH)
    for row in found.table.to_dict("records"):
        lines += ["", *_block(row)]
    for note in found.notes:
        lines += ["", *textwrap.wrap(as_spoken(note), _WIDTH)]
    return "\n".join(lines)


def html(found: Segments) -> str:
    """Return the same for a notebook."""
    there = [name for name in ("churn_rate", *_MONEY) if name in found.table]
    named = {"value": "worth", "value_at_risk": "worth_at_risk"}
    head = ["segment", "customers", "share", "risk", *(named.get(name, name) for name in there)]
    head += ["weight", "actionable", "sentence"]
    rows = [_cells(row, there) for row in found.table.to_dict("records")]
    table = html_table([said("segments", name) for name in head], rows)
    about = said("segments", "about", **_about(found))
    return html_result("Segments", about, table, html_said(map(as_spoken, found.notes)))


def _about(found: Segments) -> dict[str, Any]:
    at_risk = int((found.rows["churn_probability"] >= found.at_least).sum())
    return {"at_risk": at_risk, "n": len(found.rows), "least": found.at_least}


def _cells(row: dict[Any, Any], there: list[str]) -> list[str]:
    numbers = [written(row[name], ",.0f" if name in _MONEY else ".0%") for name in there]
    return [
        row["segment"],
        written(row["customers"], ",.0f"),
        written(row["share"], ".0%"),
        written(row["probability"], ".0%"),
        *numbers,
        points_said(row["points"]) if row["sentence"] else "",
        said("segments", "yes") if row["actionable"] else "",
        row["sentence"],
    ]


def _block(row: dict[Any, Any]) -> list[str]:
    left = said("segments", "left", rate=row["churn_rate"]) if "churn_rate" in row else ""
    money = said("segments", "money", value=row["value"], at_risk=row["value_at_risk"]) if "value" in row else ""
    head = f"{row['segment'][:1].upper()}{row['segment'][1:]}"
    about = {"n": row["customers"], "share": row["share"], "probability": row["probability"]}
    size = said("segments", "size", segment=head, **about, left=left, money=money)
    points = said("segments", "weighs", points=points_said(row["points"])) if row["sentence"] else ""
    acted = said("segments", "acted") if row["actionable"] else ""
    lines = textwrap.wrap(f"{size}{points}{acted}", _WIDTH)
    such = said("segments", "such_as", sentence=row["sentence"]) if row["sentence"] else ""
    return lines + textwrap.wrap(such, _WIDTH, initial_indent="  ", subsequent_indent="  ")
