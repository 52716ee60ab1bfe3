"""A model that speaks another language."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TypeVar

from cxchurn.features import Language, said_in
from cxchurn.model._fitted import FittedModel

Model = TypeVar("Model", bound=FittedModel)


def in_language(model: Model, language: str | Path | Language) -> Model:
    """Return the same model, version and all, that says its reasons in another language.

    Parameters
    ----------
    model : ChurnModel
        Fitted; it stays as it is.
    language : str or Path
        A TOML file of the shape of ``cxchurn/features/words/en.toml``, or ``"en"``. What it leaves out is said in English. No
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
