"""A language: the words that everything is said in that people read, from one file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from cxchurn._core import cached_property
from cxchurn.words._plurals import category

_ENGLISH = Path(__file__).with_name("en.toml")
_PAGES = Path(__file__).with_name("en_pages.toml")

Forms = tuple[str, ...]
Sections = Mapping[str, Mapping[str, Any]]


class Language:
    """The words of one language; what its file leaves out is said in English.

    Parameters
    ----------
    name : str
        What the language is called, such as ``"de"``.
    sections : mapping of str to mapping
        The sections of its file.
    more : callable, optional
        Returns further sections, when one of them is asked for.
    """

    def __init__(self, name: str, sections: Sections, more: Callable[[], Sections] | None = None) -> None:
        self.name = name
        self._first = sections
        self._more = more

    def __repr__(self) -> str:
        return f"Language({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and (self is other or self.sections == other.sections)

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def sections(self) -> dict[str, Mapping[str, Any]]:
        """All sections, by name."""
        return {**self._first, **({} if self._more is None else self._more())}

    def section(self, name: str) -> Mapping[str, Any]:
        """Return one section."""
        found = self._first.get(name)
        return self.sections[name] if found is None else found

    @property
    def version(self) -> str:
        """What tells one file's words about customers from another's: a digest of the sections that `sentences` lists."""
        told = {name: self.section(name) for name in sentences()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    def to_toml(self) -> str:
        """Return the words as the text of a TOML file."""
        sections = (
            "\n".join([f"[{name}]", *(f"{_key(key)} = {_quoted(said)}" for key, said in body.items())])
            for name, body in self.sections.items()
        )
        return "\n\n".join(sections) + "\n"

    def word(self, section: str, key: str) -> str:
        """Return one text."""
        return str(self.section(section)[key])

    def forms(self, section: str, key: str) -> Forms:
        """Return the texts of a key that has several."""
        return tuple(self.section(section)[key])

    def text(self, english: str) -> str:
        """Return a builder's text in this language; English where it is not translated."""
        return str(self.section("texts").get(english, english))

    def noun(self, noun: str) -> Forms:
        """Return what one and several of a noun are called; by the rules of English where the file does not know it."""
        found = self.section("nouns").get(noun)
        return (noun, plural(noun)) if found is None else tuple(found)

    def form(self, forms: Forms, figures: str) -> str:
        """Return the form of a noun (or a text) that goes with a number, as English figures write it.

        Forms stand in the order of the file's ``[plurals]``; where there are fewer the last one stands for the rest.
        """
        return forms[min(self._place[category(self._plurals, figures)], len(self._counted(forms)) - 1)]

    def several(self, forms: Forms) -> str:
        """Return the form for no number in particular: that for many."""
        name = "many" if "many" in self._place else "other"
        return forms[min(self._place[name], len(self._counted(forms)) - 1)]

    def nothing(self, forms: Forms) -> str | None:
        """Return what is said for none, where there is a form more than the language counts with."""
        return forms[-1] if len(forms) > len(self._place) else None

    def figures(self, english: str) -> str:
        """Write a number with this language's signs for thousands and decimals."""
        decimal, thousands = self.word("numbers", "decimal"), self.word("numbers", "thousands")
        if (decimal, thousands) == (".", ","):
            return english
        return english.replace(",", "\0").replace(".", decimal).replace("\0", thousands)

    def _counted(self, forms: Forms) -> Forms:
        return forms[: len(self._place)]

    @property
    def _plurals(self) -> Mapping[str, str]:
        return self.section("plurals")

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self._plurals)}


@lru_cache(maxsize=1)
def english() -> Language:
    """Return English, the language that builders are written in; what stands on pages is read when it is asked for."""
    return Language("en", _read(_ENGLISH), _pages)


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """Return the sections that say what a model tells of customers; all others are of pages, tables and pictures."""
    return tuple(_read(_ENGLISH))


def _pages() -> Sections:
    return _read(_PAGES)


@lru_cache(maxsize=2)
def _read(path: Path) -> Sections:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def plural(noun: str) -> str:
    """Write an English noun in the plural: ``visits``, ``replies``, ``searches``."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "a").replace("-", "a").isalnum() else _quoted(key)


def _quoted(said: str | list[str]) -> str:
    # JSON writes texts and lists of them as TOML does, but for one character
    return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")


def fields(text: str) -> set[str]:
    """Return the places of a text: ``{"value", "window"}``."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}
