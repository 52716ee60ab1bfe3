"""What a builder says of itself: its columns, its docstring, its sentences, how it prints and clones."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from cxchurn._core import UsageError, listed
from cxchurn.features import Builder, Column, Says

# nothing, one, several, a fraction, less than nothing and missing: each has a sentence of its own kind
_TRIED = (0.0, 1.0, 2.0, 37.4, -1.3, float("nan"))
_FORMAT_ERRORS = (KeyError, ValueError, IndexError, TypeError, AttributeError)


def check_columns(builder: Builder, columns: Sequence[Column], *, rows: int) -> None:
    """Raise unless the columns have good names, each once, and hold one float a row."""
    names = [column.name for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    odd = [
        n for n in names if n != n.lower() or not n.replace("_", "").isalnum() or not n.startswith(f"{builder.driver}_")
    ]
    shapes = [c.name for c in columns if np.shape(c.values) != (rows,) or np.asarray(c.values).dtype != np.float64]
    for found, what in (
        (twice, "are made more than once"),
        (odd, f"are no names in lower case that begin with {builder.driver + '_'!r}"),
        (shapes, "are not one float64 a row"),
    ):
        if found:
            raise UsageError(f"{listed(found)} {what}.")


def check_documented(builder: Builder, names: Sequence[str]) -> None:
    """Raise unless the class's docstring begins with the idea and names every column."""
    text = inspect.cleandoc(type(builder).__doc__ or "").strip()
    if not text.split("\n")[0].endswith("."):
        raise UsageError("the class's docstring does not begin with one sentence that says the idea.")
    patterns = column_patterns(type(builder))
    unsaid = [name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)]
    if unsaid:
        raise UsageError(
            f"the class's docstring does not name {listed(unsaid)}:"
            f" write ``{unsaid[0]}``, or a pattern such as ``{builder.driver}_count_<window>``."
        )


def column_patterns(cls: type[Builder]) -> list[re.Pattern[str]]:
    """Read the names of columns in a builder's docstring.

    They stand between double backquotes and begin with the driver, or with ``...`` for how the one before began.
    ``<window>`` is a span or the life, ``<a|b>`` one of the words, anything else in angle brackets any text; a last ``_2``
    any number.
    """
    fills = {"window": r"(\d+[a-z]+|life)", "half life": r"\d+[a-z]+"}
    found = []
    for name in re.findall(r"``((?:\.\.\.)?_?[a-z0-9_<>| ]+)``", cls.__doc__ or ""):
        if not name.startswith((f"{cls.driver}_", "...")):
            continue
        pattern = re.sub(r"^\.\.\.", f"{cls.driver}.*", re.sub(r"_2$", r"_\\d+", name))
        pattern = re.sub(r"<([^>]+)>", lambda m: fills.get(m[1]) or (f"({m[1]})" if "|" in m[1] else ".+"), pattern)
        found.append(re.compile(pattern))
    return found


def check_sentences(builder: Builder, columns: Sequence[Column], features: pd.DataFrame) -> int:
    """Raise unless every column can say every value; return how many sentences were made."""
    said = 0
    for column in columns:
        says = Says.of(column, builder.driver)
        for value in (*_TRIED, *features[column.name].iloc[:5]):
            try:
                sentence = says.sentence(float(value))
            except _FORMAT_ERRORS as error:
                raise UsageError(f"{column.name} cannot say {value}: {type(error).__name__} {error}.") from error
            if not sentence.strip() or re.search(r"[{}]|\bnan\b|\bNone\b", sentence):
                raise UsageError(f"{column.name} says of {value}: {sentence!r}.")
            said += 1
    return said


def check_printed(builder: Builder) -> str:
    """Raise unless the builder prints as the call that makes it; return the text."""
    text = repr(builder)
    given = {name: value for name, value in builder.get_params().items() if not _default(builder, name, value)}
    typed = f"{type(builder).__name__}({', '.join(f'{name}={value!r}' for name, value in given.items())})"
    try:
        same = ast.dump(ast.parse(text, mode="eval")) == ast.dump(ast.parse(typed, mode="eval"))
    except SyntaxError as error:
        raise UsageError(f"it prints as {text}, which cannot be typed.") from error
    if not same:
        raise UsageError(f"it prints as {text}, but is made by {typed}.")
    return text


def check_clones(builder: Builder) -> Any:
    """Raise unless scikit-learn's clone gives an equal builder; return it."""
    try:
        copy = clone(builder)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise UsageError(
            f"it cannot be cloned ({error}): a constructor stores its arguments, and nothing else."
        ) from error
    if copy != builder or hash(copy) != hash(builder) or repr(copy) != repr(builder):
        raise UsageError("its clone is not equal to it: equality, hash and printing follow from the parameters.")
    return copy


def _default(builder: Builder, name: str, value: Any) -> bool:
    default = inspect.signature(type(builder)).parameters[name].default
    return type(value) is type(default) and bool(value == default)
