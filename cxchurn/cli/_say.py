"""What the commands print, within 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cxchurn as cx
from cxchurn.words import Together, said, value_words

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
    say(f"\n{said('scores', 'where')}")
    named = {value_words("scores", f"place_{name}").removeprefix("place_"): place for name, place in rows.items()}
    width = max(len(name) for name in named)
    for name, place in named.items():
        say(f"  {name:<{width}}  {place}")


def scored(customers: int, day: str, version: str, bands: Mapping[Any, int]) -> None:
    """Print how many customers were scored, and how many are in each band."""
    named = ("high", "medium", "low", "not eligible")
    counts = Together(
        said("scores", "band", number=int(bands.get(name, 0)), band=value_words("bands", name)) for name in named
    )
    paragraph(said("scores", "scored", n=customers, day=day, version=version, bands=counts))


def risky(scores: pd.DataFrame, *, most: int = 3) -> None:
    """Print the customers at the highest risk with their reasons."""
    # not before: it brings what compiles
    from cxchurn.explanation import reasons_said

    for row in scores.head(most).to_dict("records"):
        about = {"customer": str(row["customer_id"]), "probability": row["churn_probability"]}
        say(f"\n  {said('scores', 'person', **about, band=value_words('bands', row['band']))}")
        for reason in reasons_said(row):
            say(textwrap.fill(f"- {reason}", WIDTH, initial_indent="    ", subsequent_indent="      "))
