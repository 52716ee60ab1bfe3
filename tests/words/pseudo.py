"""A language whose every word stands in brackets: what stands outside of them on a page comes from no language file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from string import Formatter
from typing import Any

OPEN, CLOSE = "⟦", "⟧"
# what is no text: signs, rules, and labels that are looked for in a log
_KEPT = {"language": None, "plurals": None, "labels": ("yes", "no", "an_before", "dangling")}
_SIGNS = ("decimal", "thousands")


def bracketed(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the sections of a language with every text in brackets, but for its places."""
    found: dict[str, dict[str, Any]] = {}
    for name, body in sections.items():
        kept = _KEPT.get(name, ()) if name in _KEPT else ()
        found[name] = {
            key: said if kept is None or key in (kept or ()) or key in _SIGNS else _of(said)
            for key, said in body.items()
        }
    return found


def _of(said: Any) -> Any:
    return [_text(one) for one in said] if isinstance(said, list) else _text(said)


def _text(said: str) -> str:
    parts = []
    for literal, name, spec, _ in Formatter().parse(said):
        words = literal.replace("{", "{{").replace("}", "}}")
        parts.append(f"{OPEN}{words}{CLOSE}" if re.search("[^\\W\\d_]", literal) else words)
        if name is not None:
            parts.append(f"{{{name}{f':{_spec(spec)}' if spec else ''}}}")
    return "".join(parts)


def _spec(spec: str) -> str:
    """Put what is said of signs in brackets too: ``days longer|shorter``."""
    if "|" not in spec or spec.startswith("#"):
        return spec
    size, _, signs = spec.partition(" ")
    if "|" in size:
        return "|".join(f"{OPEN}{one}{CLOSE}" for one in spec.split("|"))
    return f"{size} {'|'.join(f'{OPEN}{one}{CLOSE}' for one in signs.split('|'))}"


def outside(text: str) -> str:
    """Return what stands in no brackets."""
    found, depth = [], 0
    for letter in text:
        depth += letter == OPEN
        # what stands on either side of a bracket is not one word
        found.append(" " if depth else letter)
        depth -= letter == CLOSE
        assert depth >= 0, text
    return "".join(found)


def words_outside(text: str, allowed: set[str]) -> set[str]:
    """Return the words of two letters or more that stand in no brackets, but for those that are data."""
    return {word for word in re.findall(r"[^\W\d_]{2,}", outside(text)) if word.lower() not in allowed}


def page_text(page: str) -> str:
    """Return what people read of a page: its texts, and what pictures and parts are called for those who hear it."""
    page = re.sub(
        r"<style>.*?</style>|<code>.*?</code>|<!--.*?-->|<defs>.*?</defs>|<metadata>.*?</metadata>",
        " ",
        page,
        flags=re.S,
    )
    labels = " ".join(re.findall(r'aria-label="([^"]*)"', page))
    return unescape(f"{re.sub(r'<[^>]*>', ' ', page)} {labels}")
