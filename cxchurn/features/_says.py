"""Sentences about a customer's number."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any

from cxchurn.features._column import Column
from cxchurn.features._themes import EXPERIENCE

_NEVER = re.compile(r"\bhas never (.*)")
_YET = re.compile(r"\bhas had no (.*) yet$")
_FORM = re.compile(r"\{value(?::([^}]*))?\}")


@dataclass(frozen=True)
class Says:
    """How to say the value of one column in words.

    Parameters
    ----------
    name, driver : str
        The column and the driver it belongs to.
    one : str
        A predicate with ``{value}`` and perhaps ``{window}``. Besides Python's number formats ``{value:#visit}`` writes a
        count with its noun (``no visit``, ``1 visit``, ``3 visits``) and ``{value:days}`` a length of time; see `Number`.
    zero, missing : str, optional
        What to say for 0 and for a missing value.
    window : str, optional
        The window in words.
    levels : tuple of str, optional
        The labels of a category.
    unit : str
    expects : int
    theme : str, default "experience"
        What the column is about; see `Builder`.
    actionable : bool, default False
        Whether somebody can act on it.
    neutral : float, optional
    silent : bool, default False
        Whether it is never a reason.
    missing_tells : bool, default False
        As in `Column`.

    Examples
    --------
    >>> Says("n", "effort", "had {value:#contact} in the last {window}", window="30 days").sentence(2.0)
    'had 2 contacts in the last 30 days'
    """

    name: str
    driver: str
    one: str
    zero: str | None = None
    missing: str | None = None
    window: str | None = None
    levels: tuple[str, ...] | None = None
    unit: str = "count"
    expects: int = 0
    theme: str = EXPERIENCE
    actionable: bool = False
    neutral: float | None = None
    silent: bool = False
    missing_tells: bool = False

    @classmethod
    def of(
        cls,
        column: Column,
        driver: str,
        *,
        theme: str = EXPERIENCE,
        actionable: bool = False,
        lookback: str | None = None,
    ) -> Says:
        """Keep what a column says, without its values; it is about `theme` unless the column says otherwise.

        With a look-back (in words, such as ``"365 days"``) nothing is said of the time before it: what was ``in all`` is then
        ``in the last 365 days``, and so is what never was.
        """
        window = None if column.window is None else column.window.words
        texts = (column.says, column.zero, column.missing)
        if lookback is not None and window is None:
            texts = tuple(text and _bounded(text, lookback) for text in texts)  # type: ignore[assignment]
        return cls(
            column.name,
            driver,
            *texts,
            window,
            column.levels,
            column.unit,
            column.expects,
            column.theme or theme,
            actionable,
            column.neutral,
            not column.tells,
            column.missing_tells,
        )

    def sentence(self, value: float) -> str:
        """Return the predicate for one customer's value."""
        if math.isnan(value):
            return self._filled(self.missing or f"has no record of {self.name.replace('_', ' ')}", value)
        if value == 0 and self.zero is not None:
            return self._filled(self.zero, value)
        return self._filled(self.one, value)

    def amount(self, value: float) -> str | None:
        """Return just the value as the sentence writes it, None where there is nothing to write."""
        form = _FORM.search(self.one)
        if form is None or math.isnan(value) or self.levels is not None:
            return None
        spec = form[1] or ""
        return "none" if value == 0 and spec.startswith("#") else format(Number(value), spec)

    def _filled(self, text: str, value: float) -> str:
        shown: object = Number(value)
        if self.levels is not None:
            shown = self.levels[int(value)] if 0 <= value < len(self.levels) else "unknown"
        return text.format(value=shown, window=self.window)

    def to_dict(self) -> dict[str, Any]:
        """Return what is needed to make this object again, as plain data."""
        told = {key: value for key, value in asdict(self).items() if value not in (None, 0)}
        return told if self.neutral is None else told | {"neutral": self.neutral}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Says:
        """Make the object again from `to_dict`."""
        levels = data.get("levels")
        return cls(**{**data, "levels": None if levels is None else tuple(levels)})


def _bounded(text: str, lookback: str) -> str:
    text = text.replace(" in all", f" in the last {lookback}")
    text = _NEVER.sub(rf"has not \1 in the last {lookback}", text)
    return _YET.sub(rf"has had no \1 in the last {lookback}", text)


_MOODS = ((-0.6, "very bad"), (-0.2, "bad"), (0.2, "neither good nor bad"), (0.6, "good"), (math.inf, "very good"))


class Number(float):
    """A number that can be formatted in words.

    ``#visit`` writes a count with its noun, ``days``, ``hours`` and ``seconds`` lengths of time, ``when`` how many days ago
    (below 0: ahead), ``factor`` the ratio whose logarithm the number is, ``mood`` a valence from -1 to 1. Two words after a
    format say the sign: ``days longer|shorter`` writes ``3 days longer`` or ``3 days shorter``. Anything else is one of
    Python's own number formats.
    """

    def __format__(self, spec: str) -> str:
        if spec.startswith("#"):
            return _counted(float(self), spec[1:])
        if "|" in spec:
            size, _, signs = spec.partition(" ")
            return f"{Number(abs(self)):{size}} {signs.split('|')[self < 0]}"
        if spec == "days":
            return _length(float(self))
        if spec == "when":
            return f"in {_length(-self)}" if self < 0 else f"{_length(float(self))} ago" if self > 0 else "now"
        if spec == "hours":
            return _length(float(self) / 24)
        if spec == "seconds":
            return _length(float(self) / 86400)
        if spec == "factor":
            return f"{math.exp(self):.1f} times"
        if spec == "mood":
            return next(words for bound, words in _MOODS if self <= bound)
        return format(float(self), spec or ".3g")


def _counted(value: float, noun: str) -> str:
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    if value == 0:
        return f"no {noun}"
    if number == "1":
        return f"1 {noun}"
    return f"{number} {plural(noun)}"


def plural(noun: str) -> str:
    """Write a noun in the plural: ``visits``, ``replies``, ``searches``."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


def _length(days: float) -> str:
    for unit, size in (("day", 1.0), ("hour", 1 / 24), ("minute", 1 / 1440)):
        if abs(days) >= size:
            return _counted(float(round(days / size)), unit)
    seconds = float(round(days * 86400))
    return _counted(seconds, "second") if seconds else "no time"
