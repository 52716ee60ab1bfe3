"""Sentences about a whole life, where a look-back ends it: what never was, was not within the look-back."""

from __future__ import annotations

import re

_NEVER = re.compile(r"\bhas never (.*)")
_YET = re.compile(r"\bhas had no (.*) yet$")


def bounded(text: str) -> str:
    """Return the same sentence said of the time since the look-back began, with ``{lookback}`` as its place."""
    # what is said of a window is said of no more; a half-life is none
    if "last {window}" in text:
        return text
    text = text.replace(" in all", " in the last {lookback}")
    text = _NEVER.sub(r"has not \1 in the last {lookback}", text)
    return _YET.sub(r"has had no \1 in the last {lookback}", text)
