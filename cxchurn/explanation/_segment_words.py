"""Segments as a page of 80 columns, and as a table for a notebook."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from cxchurn._core import html_result, html_said, html_table
from cxchurn.explanation._reasons import points_said
from cxchurn.words import as_spoken, said, written

if TYPE_CHECKING:
    from cxchurn.explanation._segments import Segments

_WIDTH = 80
_MONEY = ("value", "value_at_risk")


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
