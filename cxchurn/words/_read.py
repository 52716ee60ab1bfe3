"""A file that says the words of a language: read, and checked before anything is said with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.words._language import Language, english, fields, sentences
from cxchurn.words._number import Number
from cxchurn.words._plurals import CATEGORIES, rule
from cxchurn.words._templates import check_template

# sections whose keys are free: labels, nouns and texts
_PLURALS = "plurals"
_FREE = ("nouns", "kinds", "touchpoints", "score_types", "measures", "texts")
_OF_LABELS = ("", "quoted", "one", "many", "a")
_TRIED = (0.0, 1.0, -1.0, 2.5, 1e12)


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


def _read(path: Path) -> Language:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no language file {path}.",
            allowed='"en", or a TOML file',
            hint="write one of the same shape as cxchurn/words/en.toml.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"the language file {path} cannot be read: {error}.") from error
    pattern = english().sections
    rules, problems = _plurals(found.pop(_PLURALS, None), pattern[_PLURALS])
    found = {name: _in_order(body, list(rules)) for name, body in found.items()}
    problems += _problems(found, pattern)
    if problems:
        raise UsageError(f"the language file {path} has problems:\n  " + "\n  ".join(problems))
    sections = {name: {**body, **found.get(name, {})} for name, body in pattern.items()}
    return Language(path.stem, {**sections, _PLURALS: rules})


def _plurals(found: Any, english_rules: Mapping[str, str]) -> tuple[Mapping[str, str], list[str]]:
    """Return the rules that tell which form goes with a number, and what is wrong with them; without any those of English."""
    if found is None:
        return english_rules, []
    if not isinstance(found, Mapping):
        return english_rules, [f"{_PLURALS} is written [{_PLURALS}], with keys below it."]
    problems = [
        _unknown(name, dict.fromkeys(CATEGORIES), f"form of [{_PLURALS}]") for name in set(found) - {*CATEGORIES}
    ]
    for name, condition in found.items():
        try:
            rule(condition)
        except (ValueError, AttributeError) as error:
            problems.append(f"[{_PLURALS}] {name} is {condition!r}: {error}.")
    # what no rule takes is the last of all
    return {name: text for name, text in {**found, "other": ""}.items() if name != "other"} | {"other": ""}, problems


def _in_order(body: Any, categories: list[str]) -> Any:
    """Return a section whose texts with a form for each kind of number, as tables, are lists in the order of the rules."""
    if not isinstance(body, Mapping):
        return body
    return {key: _listed(said, categories) if isinstance(said, Mapping) else said for key, said in body.items()}


def _listed(said: Mapping[str, Any], categories: list[str]) -> Any:
    if "other" not in said or set(said) - {*categories, "none"}:
        return said
    none = [said["none"]] if "none" in said else []
    return [*(said.get(name, said["other"]) for name in categories), *none]


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
                elif problem := _unlike(section, key, said, pattern[section].get(key)):
                    yield f"[{section}] {key} {problem}"
                else:
                    yield from (
                        f"[{section}] {one}" for one in _misplaced(section, key, said, pattern[section].get(key))
                    )


def _unlike(section: str, key: str, said: Any, model: Any) -> str | None:
    """Say how a value is not of the shape of the English one."""
    several = (section in _FREE and section != "texts") or isinstance(model, list)
    if isinstance(said, str) and not (several and _is_of_sentences(section)):
        return None
    counts = isinstance(said, list) and bool(said) and all(isinstance(part, str) for part in said)
    if several or (not _is_of_sentences(section) and "{n" in str(model)):
        if (
            counts
            and (len(said) >= 2 or not _is_of_sentences(section))
            and (key != "months" or len(said) == len(model))
        ):
            return None
        return f"is {said!r}, not a list of texts: what one and several are called."
    return f"is {said!r}, not a text."


def _is_of_sentences(section: str) -> bool:
    return section in sentences()


def _misplaced(section: str, key: str, said: Any, model: Any) -> Iterator[str]:
    """Say which places of a value are not those of the English one."""
    if section == "texts":
        yield from _text(key, said)
    elif model is not None:
        models, parts = ([one] if isinstance(one, str) else one for one in (model, said))
        if not _is_of_sentences(section):
            yield from (f"{key}: {problem}" for part in parts for problem in _text(models[-1], part))
            return
        places = _positions(models[0])
        # what has no places in English is never filled: braces in it are braces
        yield from (problem for part in parts if places for problem in _pattern(key, part, places))


def _pattern(key: str, said: str, places: list[str]) -> Iterator[str]:
    """Say how a pattern such as ``"in {}"`` does not have the places of the English one, each once and plain."""
    try:
        plain = all(not spec and not conversion for _, _, spec, conversion in Formatter().parse(said))
        named = [name for name in places if not name.isdigit()]
        said.format(*places, **dict.fromkeys(named, ""))
        found = _positions(said)
    except (ValueError, LookupError, AttributeError):
        plain, found = False, []
    if not plain or sorted(found) != sorted(places):
        wanted = " ".join("{}" if place.isdigit() else f"{{{place}}}" for place in places)
        yield f"{key} is {said[:80]!r}: its places have to be {wanted}, each once and nothing in the braces beside."


def _positions(text: str) -> list[str]:
    """Return the places of a pattern, those without a name by their number."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    count = iter(range(len(names)))
    return [name or str(next(count)) for name in names]


def _text(english_text: str, said: str) -> Iterator[str]:
    """Say what a translated text names that the English one does not, or loses, and what cannot be read."""
    shown = f"{said[:80]!r}"
    if not said.strip():
        yield f"{english_text!r} is {said!r}: nothing would be said."
        return
    try:
        unknown, lost = fields(said) - fields(english_text), fields(english_text) - fields(said)
        check_template(said)
    except ValueError as error:
        yield f"{shown} cannot be read: {error}."
        return
    if unknown:
        yield f"{shown} has the places {listed(sorted(unknown))}, which {english_text!r} has not."
    elif lost:
        yield f"{shown} lacks the places {listed(sorted(lost))}, which {english_text!r} has."
    else:
        yield from _formats(english_text, said, shown)


def _formats(english_text: str, said: str, shown: str) -> Iterator[str]:
    """Say which places of a text are to be written in a way that there is none of."""
    known: dict[str, set[str]] = {}
    for _, name, spec, _ in Formatter().parse(english_text):
        known.setdefault(name or "", set()).add(spec or "")
    for _, name, spec, _ in Formatter().parse(said):
        if name is not None and not _writes(name, spec or "", known[name]):
            yield (
                f"{shown} writes {name} as {spec!r}, which is no way to write it; "
                f"{english_text!r} has {listed(sorted(map(repr, known[name])))}."
            )


def _writes(name: str, spec: str, known: set[str]) -> bool:
    """Whether a place can be written so, whatever the value; by how it is written in English it is a label or a number."""
    if spec in known or not spec:
        return True
    if name == "label" or any(_is_of_labels(one) for one in known):
        return _is_of_labels(spec)
    # what English writes as it is may be text, but for the value
    return (name == "value" or known != {""}) and _is_of_numbers(spec)


def _is_of_labels(spec: str) -> bool:
    return (spec in _OF_LABELS and spec != "") or "|" in spec.partition(" ")[0]


def _is_of_numbers(spec: str) -> bool:
    try:
        for value in _TRIED:
            format(Number(value), spec)
    except (ValueError, LookupError, RecursionError):
        return False
    return True


def _unknown(name: str, known: Mapping[str, Any], what: str) -> str:
    return f"{name!r} is no {what}: {did_you_mean(name, known) or f'known are {listed(known, most=30)}'}."
