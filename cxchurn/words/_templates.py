"""Sentences with places for numbers, as a saved model holds them: they may name a number and say how to write it, no more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter

# a width or precision that nobody would write; what follows # is a noun, of the user's own words
_HUGE = re.compile(r"(?!#).*\d{3}")


def check_template(text: str) -> None:
    """Raise where a sentence would do more than write numbers: look into objects, or fill the memory with blanks.

    Raises
    ------
    ValueError
    """
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        form = spec or ""
        if not name.isidentifier() or conversion or "{" in form or _HUGE.match(form):
            raise ValueError(f"{text[:80]!r} is no sentence with places for numbers")


def check_templates(texts: Iterable[str | None]) -> None:
    """Check each sentence there is, as `check_template` does."""
    for text in texts:
        if text is not None:
            check_template(text)
