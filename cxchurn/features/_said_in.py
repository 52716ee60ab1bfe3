"""Columns that say their numbers in another language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxchurn.features._says import Says
from cxchurn.words import Language, english, language_of


def said_in(says: Iterable[Says], language: str | Path | Language) -> list[Says]:
    """Return the same columns said in another language.

    Parameters
    ----------
    says : iterable of Says
    language : str, Path or Language
        A TOML file of the shape of ``en.toml``; see `language_of`.
    """
    found = language_of(language)
    return [replace(one, language=found) for one in says]


def language_of_says(says: Sequence[Says]) -> Language:
    """Return the language that some columns speak: English, where there is none."""
    return says[0].language if says else english()


def language_of_model(model: Any) -> Language | None:
    """Return the language of a model's reasons, None of what says none."""
    says = getattr(getattr(model, "features_", None), "says_", None)
    return None if says is None else language_of_says(says)


def language_said(says: Sequence[Says]) -> str:
    """Return in whose words some columns are said: the language's name and version."""
    language = language_of_says(says)
    return f"{language.name} {language.version}"


def texts_of(says: Iterable[Says]) -> list[str]:
    """Return the English texts of some columns, each once: what a language file translates."""
    texts = (text for one in says for text in (one.one, one.zero, one.below, one.missing))
    return list(dict.fromkeys(text for text in texts if text))
