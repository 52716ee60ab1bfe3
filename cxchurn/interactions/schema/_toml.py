"""The sections of a schema file: written plainly, read strictly."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.interactions.schema._roles import ROLES

FORMAT = ("timezone", "time_format", "arrives", "delimiter", "columns", "duplicates", "kinds", "ignore_case")
_SECTIONS: dict[str, tuple[str, ...]] = {
    "roles": (*ROLES, "measures", "categories", "levels"),
    "constants": ("kind",),
    "format": FORMAT,
    "later": ("at", "columns", "kind", "once_per"),
    "customers": ("customer_id", "valid_from", "valid_to", "attributes", "known_ahead", "timezone", "time_format"),
}
_FLAGS = ("ignore_case",)
_LISTS = ("measures", "categories", "levels", "columns", "kinds", "attributes", "known_ahead")


def toml_text(sections: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return titled sections as TOML, leaving out empty ones."""
    parts = [
        "\n".join([title, *(f"{_key(k)} = {_value(v)}" for k, v in body.items())]) for title, body in sections if body
    ]
    return "\n\n".join(parts) + "\n"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(column)}" for name, column in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_sections(path: str | Path) -> dict[str, Any]:
    """Return the sections of a schema file, lists as tuples; unknown keys and wrong types are refused, all at once."""
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no schema file {path}.", hint="write one with Schema(...).to_toml().") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"the schema file {path} cannot be read: {error}.") from error
    problems = list(_problems(found))
    if problems:
        raise UsageError(f"the schema file {path} has problems:\n  " + "\n  ".join(problems))
    return {
        name: [_tupled(part) for part in body] if name == "later" else _tupled(body) for name, body in found.items()
    }


def _tupled(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}


def _problems(found: Mapping[str, Any]) -> Iterable[str]:
    for section, body in found.items():
        if section == "words":
            yield from wrong_words(body)
            continue
        if section not in _SECTIONS:
            yield _unknown(section, (*_SECTIONS, "words"), "section")
            continue
        parts = body if section == "later" and isinstance(body, list) else [body]
        if (section == "later") != isinstance(body, list) or not all(isinstance(part, dict) for part in parts):
            yield f"{section} is written {'[[later]]' if section == 'later' else f'[{section}]'}, with keys below it."
            continue
        for part in parts:
            yield from (
                _unknown(name, _SECTIONS[section], f"key of [{section}]")
                for name in part
                if name not in _SECTIONS[section]
            )
            yield from (
                f"[{section}] {name} is {value!r}, not {'true or false' if name in _FLAGS else 'text'}."
                for name, value in part.items()
                if not _fits(name, value)
            )
            if section == "later" and "at" not in part:
                yield "a [[later]] does not say at which column: at = '...'."


def wrong_words(words: Any) -> Iterable[str]:
    """Say what is wrong with labels in words: by role, each label with what one, or one and several are called."""
    if not isinstance(words, Mapping):
        yield f"words is {words!r}: write {{'kind': {{'cb': ('call-back', 'call-backs')}}}}."
        return
    for role, labels in words.items():
        if not isinstance(labels, Mapping):
            yield f"[words] {role} is {labels!r}, not labels with their words, such as {{cb = ['call-back', 'call-backs']}}."
            continue
        for label, said in labels.items():
            forms = [said] if isinstance(said, str) else said
            several = isinstance(forms, (list, tuple)) and all(isinstance(form, str) and form.strip() for form in forms)
            if not (isinstance(label, str) and several and len(forms) in (1, 2)) or said == (forms[0],):
                yield f"[words] {role}, {label!r} is {said!r}, not a text, or two: what one and several are called."


def _fits(name: str, value: Any) -> bool:
    if name in ("measures", "categories") and isinstance(value, dict):
        return all(isinstance(part, str) for part in value.values())
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(value, bool if name in _FLAGS else str)


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    guess = did_you_mean(name, known)
    return f"{name!r} is no {what}" + (f": {guess}" if guess else f"; known are {listed(known, most=30)}.")
