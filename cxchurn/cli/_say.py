"""What the commands print, within 80 columns."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import cxchurn as cx

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80


def say(text: str = "") -> None:
    """Print to standard output."""
    print(text)  # noqa: T201 - the one place that does


def paragraph(text: str, *, indent: str = "") -> None:
    """Print text wrapped to the width."""
    say(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent))


def described(log: cx.InteractionLog) -> None:
    """Print what a log holds."""
    for line in repr(log).splitlines():
        say(textwrap.fill(line, WIDTH, initial_indent="  " if line.startswith(" ") else "", subsequent_indent="    "))


def where_to_look(rows: dict[str, str | Path]) -> None:
    """Print a list of what was written where."""
    say("\nWhere to look")
    width = max(len(name) for name in rows)
    for name, place in rows.items():
        say(f"  {name:<{width}}  {place}")


def risky(scores: pd.DataFrame, *, most: int = 3) -> None:
    """Print the customers at the highest risk with their reasons."""
    # not before: it brings what compiles
    from cxchurn.explain import reasons_said

    for row in scores.head(most).to_dict("records"):
        say(f"\n  {row['customer_id']}: {row['churn_probability']:.0%} ({row['band']})")
        for said in reasons_said(row):
            say(textwrap.fill(f"- {said}", WIDTH, initial_indent="    ", subsequent_indent="      "))
