"""Saying a text of the language file, with numbers, dates and lists in its places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from numbers import Real
from typing import Any

from cxchurn._core import Span
from cxchurn.words._language import Language, english
from cxchurn.words._number import Number

_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)
_SPAN = re.compile(r"(\d+) (second|minute|hour|day|week)s?")


def spoken() -> Language:
    """Return the language that results are printed and drawn in: English, or that of the `speaking` block around it."""
    return _spoken.get() or english()


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Print and draw everything inside in a language; None leaves it as it is."""
    token = _spoken.set(language or _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


def language_in(result: object) -> Language | None:
    """Return the language of a result, None where it has none of its own."""
    found = getattr(result, "language", None)
    return found if isinstance(found, Language) else None


def said(section: str, key: str, **places: Any) -> str:
    """Return a text of the language that is spoken, with its places filled.

    Parameters
    ----------
    section, key : str
        Where it stands in the language file. Of a text with several forms the place ``n`` chooses.
    **places
        Numbers (formatted as `Number` does), spans, dates (``{day}`` is written out), `Phrase`; any other text as it is.

    Examples
    --------
    >>> said("drivers", "effort")
    'how hard it was'
    """
    return filled(spoken(), section, key, places)


def more(number: int) -> str:
    """Say that there are so many more than are shown."""
    return said("lists", "more", n=number)


def written(value: float, spec: str = "") -> str:
    """Return a number as the language that is spoken writes it, in one of the formats of `Number`.

    Examples
    --------
    >>> written(0.256, ".1%"), written(2, "#customer")
    ('25.6%', '2 customers')
    """
    return f"{Number(float(value), spoken()):{spec}}"


def either(section: str, key: str, other: str) -> str:
    """Return a text of the language that is spoken, or another one where the file has no such key."""
    found = spoken().section(section).get(key)
    return other if found is None else str(found)


def as_spoken(text: str) -> str:
    """Return a text in the language that is spoken where it knows how; any other as it is."""
    return text.said_in(spoken()) if isinstance(text, Phrase) else text


class Phrase(str):
    """A text of the language file with its places filled: in English, until it is said in another language.

    Parameters
    ----------
    section, key : str
    **places
        As for `said`.

    Examples
    --------
    >>> Phrase("nouns", "day")
    "['day', 'days']"
    """

    def __new__(cls, section: str, key: str, **places: Any) -> Phrase:
        """Make the English text, which remembers what it is made of."""
        # a str, so that everything that takes text takes it, and in English, so that what is kept means the same to everybody
        phrase = super().__new__(cls, filled(english(), section, key, places))
        phrase._made_of = section, key, places
        return phrase

    _made_of: tuple[str, str, dict[str, Any]]

    def said_in(self, language: Language) -> str:
        """Return the same in a language."""
        section, key, places = self._made_of
        return filled(language, section, key, places)

    @property
    def key(self) -> str:
        """Where it stands in its section."""
        return self._made_of[1]

    @property
    def places(self) -> dict[str, Any]:
        """What its places are filled with."""
        return self._made_of[2]

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, self._made_of


def _again(section: str, key: str, places: dict[str, Any]) -> Phrase:
    return Phrase(section, key, **places)


class Together(tuple[Any, ...]):
    """Several texts in a place, which a language puts together with a word: ``a and b``, ``a or b``.

    Parameters
    ----------
    texts : iterable of str
    word : {"and", "or", "comma", "semicolon"}
    """

    word: str

    def __new__(cls, texts: Iterable[Any], word: str = "comma") -> Together:
        """Make the list, which remembers its word."""
        found = super().__new__(cls, tuple(texts))
        found.word = word
        return found

    def said_in(self, language: Language) -> str:
        """Return them in a language, as one text."""
        texts = [str(_shown(one, language)) for one in self]
        comma, last = language.word("lists", "comma"), language.word("lists", self.word)
        if self.word in ("comma", "semicolon"):
            return last.join(texts)
        return last.join([*([comma.join(texts[:-1])] if len(texts) > 1 else []), *texts[-1:]])

    def __reduce__(self) -> tuple[Any, ...]:
        return Together, (tuple(self), self.word)


def some_of(texts: Iterable[Any], *, most: int = 12, word: str = "comma") -> Together | Phrase:
    """Return texts for a place, shortened after so many of them: ``a, b and 3 more``; `word` as for `Together`."""
    found = tuple(texts)
    if len(found) <= most:
        return Together(found, word)
    return Phrase("lists", "some", texts=Together(found[:most], word), n=len(found) - most)


def filled(language: Language, section: str, key: str, places: Mapping[str, Any]) -> str:
    """Return a text of a language with its places filled."""
    text = language.section(section)[key]
    if isinstance(text, list) and "n" in places:
        text = language.form(tuple(text), f"{abs(places['n']):,}")
    return str(text).format(**{name: _shown(value, language) for name, value in places.items()})


def said_span(text: str, language: Language) -> str:
    """Say a span such as ``"30 days"`` in a language; any other text stays."""
    found = _SPAN.fullmatch(text)
    return text if found is None else f"{Number(float(found[1]), language):#{found[2]}}"


def _shown(value: Any, language: Language) -> Any:
    if isinstance(value, (Phrase, Together)):
        return value.said_in(language)
    if isinstance(value, Span):
        return said_span(value.words, language)
    if isinstance(value, (date, datetime)):
        return _day(value, language)
    return Number(float(value), language) if isinstance(value, Real) and not isinstance(value, bool) else value


def _day(moment: date, language: Language) -> str:
    """Write a day as people do: ``1 January 2025``; and the time where it is not midnight."""
    months = language.forms("dates", "months")
    day = language.word("dates", "day").format(day=moment.day, month=months[moment.month - 1], year=moment.year)
    if not isinstance(moment, datetime) or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return day
    return language.word("dates", "moment").format(day=day, time=f"{moment:%H:%M}")
