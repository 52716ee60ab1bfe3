"""A language: the words that numbers, times and labels are said in, read from one file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from cxchurn._core import UsageError, did_you_mean, listed

_ENGLISH = Path(__file__).with_name("en.toml")
# sections whose keys are free: labels, nouns and texts
_FREE = ("nouns", "kinds", "touchpoints", "score_types", "measures", "texts")

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


def language_of(language: str | Path | Language | None = None) -> Language:
    """Return a language.

    Parameters
    ----------
    language : str, Path or Language, optional
        A TOML file of the shape of ``en.toml``, or ``"en"``. Default: English.

    Raises
    ------
    UsageError
        Where there is no such file, or it is of another shape; what is wrong is said all at once.
    """
    if isinstance(language, Language):
        return language
    return english() if language in (None, "en") else _read(Path(str(language)))


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


def _read(path: Path) -> Language:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no language file {path}.",
            allowed='"en", or a TOML file',
            hint="write one of the same shape as cxchurn/features/words/en.toml.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"the language file {path} cannot be read: {error}.") from error
    pattern = english().sections
    problems = [*_problems(found, pattern)]
    if problems:
        raise UsageError(f"the language file {path} has problems:\n  " + "\n  ".join(problems))
    sections = {name: {**body, **found.get(name, {})} for name, body in pattern.items()}
    return Language(path.stem, sections)


def _problems(found: Mapping[str, Any], pattern: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for section, body in found.items():
        if section not in pattern:
            yield _unknown(section, pattern, "section")
        elif not isinstance(body, Mapping):
            yield f"{section} is written [{section}], with keys below it."
        else:
            for key, said in body.items():
                if section not in _FREE and key not in pattern[section]:
                    yield _unknown(key, pattern[section], f"key of [{section}]")
                elif problem := _unlike(section, said, pattern[section].get(key)):
                    yield f"[{section}] {key} {problem}"
                elif section == "texts":
                    yield from _places(key, said)


def _unlike(section: str, said: Any, model: Any) -> str | None:
    """Say how a value is not of the shape of the English one."""
    several = (section in _FREE and section != "texts") or isinstance(model, list)
    if not several:
        return None if isinstance(said, str) else f"is {said!r}, not a text."
    if isinstance(said, list) and len(said) >= 2 and all(isinstance(part, str) for part in said):
        return None
    return f"is {said!r}, not a list of texts: what one and several are called."


def _places(english: str, said: str) -> Iterator[str]:
    """Say what a translated text names that the English one does not, and what cannot be read."""
    try:
        unknown = fields(said) - fields(english)
    except ValueError as error:
        yield f"[texts] {said!r} cannot be read: {error}."
        return
    if unknown:
        yield f"[texts] {said!r} has the places {listed(sorted(unknown))}, which {english!r} has not."


def fields(text: str) -> set[str]:
    """Return the places of a text: ``{"value", "window"}``."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def _unknown(name: str, known: Mapping[str, Any], what: str) -> str:
    return f"{name!r} is no {what}: {did_you_mean(name, known) or f'known are {listed(known, most=30)}'}."
