"""Themes: what a feature is about, and whether somebody can act on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxchurn._core import UsageError, did_you_mean, listed

if TYPE_CHECKING:
    from cxchurn.features._builder import Builder
    from cxchurn.features._column import Column

RHYTHM, MONEY, EXPERIENCE, PROFILE, COMPARED = THEMES = ("rhythm", "money", "experience", "profile", "compared")

# words in the name of a measure, or of a kind, that say what its numbers are about; in the singular
_PAID = frozenset(
    ("value", "price", "amount", "revenue", "sale", "turnover", "cost", "fee", "charge", "discount", "spend", "spent", "paid",
     "payment", "margin", "tax", "tip")
)  # fmt: skip
_LIVED = frozenset(
    ("wait", "waited", "waiting", "transfer", "resolved", "resolution", "reassignment", "score", "rating", "star",
     "satisfaction", "nps", "csat", "ces", "sentiment", "tone", "severity", "delay", "delayed", "late", "lateness", "latency",
     "error", "failure", "defect", "outage", "downtime", "dispute", "escalation", "complaint", "complain", "return",
     "returned", "refund", "refunded")
)  # fmt: skip


def theme_of_measure(name: str) -> str:
    """Return what the numbers of a measure are about, by the words in its name; by none of them how much customers do.

    Examples
    --------
    >>> theme_of_measure("wait_s"), theme_of_measure("unit price"), theme_of_measure("minutes")
    ('experience', 'money', 'rhythm')
    """
    return EXPERIENCE if _words(name) & _LIVED else MONEY if _words(name) & _PAID else RHYTHM


def theme_of_kind(label: str) -> str:
    """Return what a kind of interaction is about: one that says by its name that something went wrong is an experience.

    Examples
    --------
    >>> theme_of_kind("complaint"), theme_of_kind("visit")
    ('experience', 'rhythm')
    """
    return EXPERIENCE if _words(label) & _LIVED else RHYTHM


def _words(text: str) -> set[str]:
    words = re.split(r"[\W_]+", text.lower())
    return {*words, *(word.removesuffix("s") for word in words)}


def theme_of(builder: Builder, column: Column | None = None) -> str:
    """Return the theme of a builder's column, or of the builder.

    A builder that names none is a matter of rhythm where it is shown the customers' own acts (how often and how lately they
    do something), and of experience where it is shown all that happened to them.
    """
    theme = (column.theme if column is not None else None) or builder.theme
    if not theme:
        return EXPERIENCE if builder.sees == "all" else RHYTHM
    if theme not in THEMES:
        where = type(builder).__name__ if column is None else f"the column {column.name!r} of {type(builder).__name__}"
        raise UsageError(
            f"the theme of {where} is {theme!r}.", allowed=listed(THEMES), hint=did_you_mean(str(theme), THEMES)
        )
    return theme


def actionable_of(builder: Builder, theme: str) -> bool:
    """Return whether somebody can act on a builder's columns of a theme: by default where they are about experience."""
    return theme == EXPERIENCE if builder.actionable is None else builder.actionable
