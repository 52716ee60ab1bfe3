"""Sentences about a customer's number."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from cxchurn._core import Span, cached_property
from cxchurn.features._any_value import AnyValue
from cxchurn.features._bounded import bounded
from cxchurn.features._column import Column
from cxchurn.features._themes import EXPERIENCE
from cxchurn.words import IN_TIMES, Forms, Label, Language, Level, Number, WordsByRole, english, said_span

_FORM = re.compile(r"\{value(?::([^}]*))?\}")
# of nothing in these there is "none"; of lengths it is said in their unit: "2 days late (usual: none)" reads like never
_SIZES = ("money", "extent")
_LENGTHS = {"days": "day", "hours": "hour", "seconds": "second"}
# of no difference there is nothing to write
_DIFFERENCES = ("degree", "shade")


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
    below : str, optional
        What to say for values below 0, of their size.
    label : str, optional
        The label that the column is about: ``{label}``, ``{value:#label}``; see `Label`.
    role : str
        What `label` or, without one, `levels` are labels of.
    slots : dict of str to str or number
        What else the texts name in braces: spans in words, numbers.
    words : dict of str to tuple of str
        What the schema says of the labels: what one and several are called.
    currency : str, optional
        What money is counted in.
    language : Language
        The words it is said in. English, until `said_in` says otherwise; it is in no saved model.

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
    below: str | None = None
    label: str | None = None
    role: str = ""
    slots: Mapping[str, str | float] = field(default_factory=dict, hash=False)
    words: Mapping[str, Forms] = field(default_factory=dict, hash=False)
    currency: str | None = None
    language: Language = field(default_factory=english, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        column: Column,
        driver: str,
        *,
        theme: str = EXPERIENCE,
        actionable: bool = False,
        lookback: str | None = None,
        words: WordsByRole | None = None,
        currency: str | None = None,
    ) -> Says:
        """Keep what a column says, without its values; it is about `theme` unless the column says otherwise.

        With a look-back (in words, such as ``"365 days"``) nothing is said of the time before it: what was ``in all`` is then
        ``in the last 365 days``, and so is what never was. `words` are the labels in words, by role, as a schema says them.
        `currency` is what money is counted in.
        """
        window = None if column.window is None else column.window.words
        texts = {"one": column.says, "zero": column.zero, "missing": column.missing, "below": column.below}
        slots = {name: said.words if isinstance(said, Span) else said for name, said in column.slots.items()}
        if lookback is not None:
            texts = {name: text and bounded(text) for name, text in texts.items()}
            slots |= {"lookback": lookback} if any("{lookback}" in (text or "") for text in texts.values()) else {}
        labels = (column.levels or ()) if column.label is None else (column.label,)
        known = (words or {}).get(column.role, {})
        return cls(
            column.name,
            driver,
            **texts,  # type: ignore[arg-type]
            window=window,
            levels=column.levels,
            unit=column.unit,
            expects=column.expects,
            theme=column.theme or theme,
            actionable=actionable,
            neutral=column.neutral,
            silent=not column.tells,
            missing_tells=column.missing_tells,
            label=column.label,
            role=column.role,
            slots=slots,
            words={label: known[label] for label in labels if label in known},
            currency=currency if "money" in column.says else None,
        )

    def sentence(self, value: float) -> str:
        """Return the predicate for one customer's value."""
        if math.isnan(value):
            return self._filled(self.missing, value) if self.missing else self._unsaid
        if value == 0 and self.zero is not None:
            return self._filled(self.zero, value)
        if value < 0 and self.below is not None:
            return self._filled(self.below, -value)
        return self._filled(self.one, value)

    def amount(self, value: float) -> str | None:
        """Return just the value as the sentence writes it, None where there is nothing to write.

        Nor is there of a change, nor of what is said by its size alone: a bare number would not tell more from less.
        """
        spec = self._spec
        if spec is None or math.isnan(value) or (value < 0 and self.below is not None):
            return None
        if value == 0 and spec.partition(" ")[0] in _DIFFERENCES:
            return None
        if value == 0 and (nothing := self._nothing(spec)) is not None:
            return nothing
        return format(self._number(value), self._alone(spec))

    def _nothing(self, spec: str) -> str | None:
        """Return how 0 is written alone: ``never`` beside ``twice``, ``0 days`` beside ``2 days``; None for a plain number."""
        if spec in _LENGTHS:
            return f"0 {self.language.form(self.language.noun(_LENGTHS[spec]), '0')}"
        if not spec.startswith("#") and spec not in _SIZES:
            return None
        return self.language.word("numbers", "never" if spec == "#time" else "nothing")

    def _alone(self, spec: str) -> str:
        """Return how a value is written beside a sentence: what is worse the more times it is, in times and not as a share.

        Of a label the sentence has said what is counted, in many words: "purchases of their own".
        """
        return {"portion": "share", "fold": "times" if self.expects > 0 else "fold", "#label": "count"}.get(spec, spec)

    def label_of(self, value: float) -> str:
        """Return how the label of a category's value is called, "" where it has none."""
        return "" if math.isnan(value) else f"{self._level(value)}"

    def told(self, value: float, *, usual: str | None = None) -> str:
        """Return the sentence with a capital letter, and beside it what is usual (an `amount`) where it differs."""
        said = self.sentence(value)
        if usual is not None and self._beside(value) and self.amount(value) not in (None, usual):
            said = self._with_usual(said, usual)
        return said[:1].upper() + said[1:]

    def _with_usual(self, said: str, usual: str) -> str:
        within = said.endswith(")")
        pattern = self.language.word("phrases", "usual_within" if within else "usual")
        return pattern.format(said.removesuffix(")"), usual)

    def _beside(self, value: float) -> bool:
        """Whether what is usual can stand beside the sentence.

        Not where a standing of none is said without a number, nor a share beside so many times or they beside a share:
        "2.5 times (usual: 100%)", "16% as long (usual: 0.4 times)".
        """
        if self._spec == "fold":
            return (self._alone("fold") == "fold") == (value < IN_TIMES)
        return not (value == 0 and self.zero is not None and self._spec == "portion")

    @property
    def meaning(self) -> str:
        """What a value means, without one: ``had n visits in the last 30 days``."""
        return self._text(self.one).format(value=AnyValue(self.language, self._nouns), **self._places)

    @property
    def _unsaid(self) -> str:
        return self.language.word("phrases", "missing").format(self.meaning)

    def _filled(self, text: str, value: float) -> str:
        shown: object = self._number(value) if self.levels is None else self._level(value)
        return self._text(text).format(value=shown, **self._places)

    def _number(self, value: float) -> Number:
        return Number(value, self.language, self._nouns, self.currency)

    def _level(self, value: float) -> Level | str:
        levels = self.levels or ()
        if not 0 <= value < len(levels):
            return _Unknown(self.language.word("labels", "unknown"))
        return Level(levels[int(value)], self.role if self.label is None else "", self.words, self.language)

    def _text(self, english: str) -> str:
        return self.language.text(english)

    @cached_property
    def _spec(self) -> str | None:
        """How the value is written, None where it is not to be written alone."""
        form = _FORM.search(self._text(self.one))
        changes = self.below is not None and self.neutral is not None
        return None if form is None or self.levels is not None or changes else form[1] or ""

    @cached_property
    def _nouns(self) -> dict[str, Forms]:
        return {} if self._said_label is None else {"label": self._said_label.forms}

    @cached_property
    def _said_label(self) -> Label | None:
        return None if self.label is None else Label(self.label, self.role, self.words, self.language)

    @cached_property
    def _places(self) -> dict[str, object]:
        """What stands in the places of the texts, the value apart."""
        given = {"window": self.window, **self.slots}
        places: dict[str, object] = {"label": self._said_label}
        for name, said in given.items():
            places[name] = said_span(said, self.language) if isinstance(said, str) else said and self._number(said)
        return places

    def to_dict(self) -> dict[str, Any]:
        """Return what is needed to make this object again, as plain data."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "language"}
        plain = {
            **told,
            "levels": self.levels and list(self.levels),
            "words": _lists(self.words),
            "slots": {**self.slots},
        }
        return {name: value for name, value in plain.items() if value not in (_DEFAULTS[name], {})}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Says:
        """Make the object again from `to_dict`."""
        levels, words = data.get("levels"), data.get("words", {})
        return cls(
            **{
                **data,
                "levels": None if levels is None else tuple(levels),
                "words": {label: tuple(forms) for label, forms in words.items()},
            }
        )


_DEFAULTS = {one.name: None if one.default is MISSING else one.default for one in fields(Says)}


def _lists(words: Mapping[str, Forms]) -> dict[str, list[str]]:
    return {label: list(forms) for label, forms in words.items()}


class _Unknown(str):
    """A label that is not known, said the same in whatever format."""

    def __format__(self, spec: str) -> str:
        return str(self)
