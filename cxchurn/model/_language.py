"""A model that speaks another language, and a file to write that language in."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TypeVar

from cxchurn.features import Language, language_of, said_in, texts_of
from cxchurn.model._fitted import FittedModel

Model = TypeVar("Model", bound=FittedModel)


def in_language(model: Model, language: str | Path | Language) -> Model:
    """Return the same model, version and all, that says its reasons in another language.

    Parameters
    ----------
    model : ChurnModel
        Fitted; it stays as it is.
    language : str or Path
        A TOML file of the shape of ``cxchurn/words/en.toml``, or ``"en"``. What it leaves out is said in English. No
        model keeps it when it is saved.

    Raises
    ------
    UsageError
        Where there is no such file, or it is of another shape; what is wrong is said all at once.

    Examples
    --------
    >>> cx.score(cx.in_language(model, "de.toml"), log, reasons=3)  # doctest: +SKIP
    """
    other = copy.copy(model)
    other.features_ = copy.copy(model.features_)
    other.features_.says_ = said_in(model.features_.says_, language)
    return other


def language_file(model: FittedModel, language: str | Path | Language = "en") -> str:
    """Return the text of a language file with all that a model says, to be translated.

    Parameters
    ----------
    model : ChurnModel
        Fitted.
    language : str or Path, default "en"
        Whose words it holds: English, or a file that was begun; what that does not translate is there in English.

    Returns
    -------
    str
        TOML. Under ``[texts]`` the English text of each sentence, with its places in braces, is the key of itself.

    Examples
    --------
    >>> Path("de.toml").write_text(language_file(model), encoding="utf-8")  # doctest: +SKIP
    """
    words = language_of(language)
    texts = {text: words.text(text) for text in texts_of(model.features_.says_)}
    return Language(words.name, {**words.sections, "texts": {**words.sections["texts"], **texts}}).to_toml()
