"""A language: the words that numbers, times and labels are said in, read from one file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

_ENGLISH = Path(__file__).with_name("en.toml")

Forms = tuple[str, ...]


class Language:
    """The words of one language; what its file leaves out is said in English.

    Parameters
    ----------
    name : str
        What the language is called, such as ``"de"``.
    sections : mapping of str to mapping
        The sections of its file.
    """

    def __init__(self, name: str, sections: Mapping[str, Mapping[str, Any]]) -> None:
        self.name = name
        self.sections = sections

    def __repr__(self) -> str:
        return f"Language({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and self.sections == other.sections

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def version(self) -> str:
        """What tells one file's words from another's: a digest of them."""
        return hashlib.sha256(json.dumps(self.sections, sort_keys=True).encode()).hexdigest()[:12]

    def to_toml(self) -> str:
        """Return the words as the text of a TOML file."""
        sections = (
            "\n".join([f"[{name}]", *(f"{_key(key)} = {_quoted(said)}" for key, said in body.items())])
            for name, body in self.sections.items()
        )
        return "\n\n".join(sections) + "\n"

    def word(self, section: str, key: str) -> str:
        """Return one text."""
        return str(self.sections[section][key])

    def forms(self, section: str, key: str) -> Forms:
        """Return the texts of a key that has several."""
        return tuple(self.sections[section][key])

    def text(self, english: str) -> str:
        """Return a builder's text in this language; English where it is not translated."""
        return str(self.sections["texts"].get(english, english))

    def noun(self, noun: str) -> Forms:
        """Return what one and several of a noun are called; by the rules of English where the file does not know it."""
        found = self.sections["nouns"].get(noun)
        return (noun, plural(noun)) if found is None else tuple(found)

    def figures(self, english: str) -> str:
        """Write a number with this language's signs for thousands and decimals."""
        decimal, thousands = self.word("numbers", "decimal"), self.word("numbers", "thousands")
        if (decimal, thousands) == (".", ","):
            return english
        return english.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@lru_cache(maxsize=1)
def english() -> Language:
    """Return English, the language that builders are written in."""
    return Language("en", tomllib.loads(_ENGLISH.read_text(encoding="utf-8")))


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
