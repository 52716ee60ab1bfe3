"""A model that speaks another language, and a file to write that language in."""

from __future__ import annotations

import copy
import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TypeVar

from cxchurn._core import UsageError
from cxchurn.features import Language, language_of, said_in, texts_of
from cxchurn.model.fitted._fitted import FittedModel

T = TypeVar("T")
_NOUN = re.compile(r"\{value:#([^}]+)\}")


def in_language(given: T, language: str | Path | Language) -> T:
    """Return the same model, or the same result, in another language: everything that people read of it.

    Parameters
    ----------
    given : ChurnModel, Explanation, Pulse or Claims
        A fitted model: what is made with it, scores, explanations, ledgers, segments, pages and pictures, speaks its language
        then. Or a result that was made. It stays as it is.
    language : str or Path
        A TOML file of the shape that `language_file` writes, or ``"en"``. What it leaves out is said in English. No model keeps
        it when it is saved.

    Raises
    ------
    UsageError
        Where there is no such file, or it is of another shape; what is wrong is said all at once. And where something is given
        that speaks the language of the model that made it.

    Examples
    --------
    >>> _ = Path("de.toml").write_text('[pulse]\\nfew = "wenige"\\n', encoding="utf-8")
    >>> cx.score(cx.in_language(model, "de.toml"), log, reasons=3)["reason_1"].nunique() > 1
    True
    >>> "wenige" in str(cx.in_language(cx.pulse(log), "de.toml"))
    True
    """
    found = language_of(language)
    if hasattr(given, "features_"):
        other = copy.copy(given)
        other.features_ = copy.copy(given.features_)
        other.features_.says_ = said_in(given.features_.says_, found)
        return other
    named = {one.name for one in fields(given)} if is_dataclass(given) and not isinstance(given, type) else set()
    if "says" in named:
        return replace(given, says=said_in(given.says, found))  # type: ignore[attr-defined,type-var]
    if "language" in named and "model_version" not in named and "at_least" not in named:
        return replace(given, language=found)  # type: ignore[type-var]
    raise UsageError(
        f"a {type(given).__name__} speaks the language of what made it.",
        allowed="a fitted model, an explanation, a pulse, or claims",
        hint="make it with a model that speaks: in_language(model, 'de.toml').",
    )


def language_file(model: FittedModel, language: str | Path | Language = "en") -> str:
    """Return the text of a language file with all that people read, of this model and about it, to be translated.

    Parameters
    ----------
    model : ChurnModel
        Fitted.
    language : str or Path, default "en"
        Whose words it holds: English, or a file that was begun; what that does not translate is there in English.

    Returns
    -------
    str
        TOML: all that pages, tables, pictures and commands say, in sections; and under ``[texts]`` the English text of each
        sentence of this model, with its places in braces, as the key of itself.

    Examples
    --------
    >>> text = cx.language_file(model)
    >>> Path("de.toml").write_text(text, encoding="utf-8") == len(text)
    True
    """
    words = language_of(language)
    sentences = texts_of(model.features_.says_)
    nouns = {noun: list(words.noun(noun)) for text in sentences for noun in _NOUN.findall(text) if noun != "label"}
    families = getattr(model.features_, "families_", None)
    ideas = [] if families is None or "idea" not in families else families["idea"].tolist()
    texts = {text: words.text(text) for text in (*sentences, *ideas) if text}
    own = {"nouns": {**nouns, **words.sections["nouns"]}, "texts": {**words.sections["texts"], **texts}}
    return Language(words.name, {**words.sections, **own}).to_toml()
