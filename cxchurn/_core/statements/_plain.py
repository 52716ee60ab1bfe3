"""Statements as plain data and back: what a saved model holds of parameters. Nothing is imported or run by name."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from cxchurn._core._errors import DataError, MismatchError, UntrustedError, UsageError, listed

_AS_THEY_ARE = (bool, int, type(None))
_TAGS = ("list", "dict", "number")
_ALLOWED = (
    "numbers, text, yes/no, None, tuples, lists, dicts; conditions (where), measures, builders, churn definitions"
)
_MADE_WRONG = (TypeError, ValueError, AttributeError, KeyError)
Classes = Mapping[str, type]


def to_plain(value: Any, *, name: str) -> Any:
    """Return a value as what JSON can hold, such that `from_plain` gives it back exactly, or refuse it in words.

    Tuples are written as arrays. Everything else that JSON lacks is written as ``{"is": what, "with": its parts}``: lists,
    dicts (whose order is kept), numbers that are not finite, and objects that are what their parameters say: statements,
    scikit-learn's estimators and dataclasses, by the name of their class.

    Parameters
    ----------
    value : Any
    name : str
        What the value is called in an error, such as ``"Volume.windows"``.

    Raises
    ------
    UsageError
        For what could not be made again: functions, tables, arrays, instants, sets.
    """
    kind = type(value)
    if isinstance(value, np.generic):
        value, kind = value.item(), type(value.item())
    # by the very class: a bool is an int to `isinstance`, and a class of one's own may look like either
    if kind in _AS_THEY_ARE or (kind is str and _writable(value)):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"is": "number", "with": repr(value)}
    if kind in (tuple, list):
        parts = [to_plain(one, name=f"{name}[{place}]") for place, one in enumerate(value)]
        # tuples are what parameters mostly are, so they are the plain arrays
        return parts if kind is tuple else {"is": "list", "with": parts}
    if kind is dict:
        pairs = [
            [to_plain(key, name=f"{name}, a key"), to_plain(one, name=f"{name}[{key!r}]")] for key, one in value.items()
        ]
        return {"is": "dict", "with": pairs}
    said = _parameters(value)
    if said is None or kind.__name__ in _TAGS:
        raise UsageError(
            f"{name} is {_shown(value)}, which a saved model cannot hold.",
            allowed=_ALLOWED,
            hint="say it in these (a tuple for a set or an array, text for an instant), or in the class itself.",
        )
    own = {key: to_plain(one, name=f"{kind.__name__}.{key}") for key, one in said.items()}
    return {"is": kind.__name__, "with": own}


def from_plain(data: Any, classes: Classes) -> Any:
    """Make a value again from what `to_plain` returned.

    Parameters
    ----------
    data : Any
    classes : mapping of str to class
        All that may be made, by name; nothing is looked up elsewhere.
    """
    if isinstance(data, list):
        return tuple(from_plain(one, classes) for one in data)
    if not isinstance(data, dict):
        return data
    if set(data) != {"is", "with"}:
        raise DataError(f"the saved parameters are damaged: found {listed(data)}.", allowed="'is' and 'with'")
    what, parts = data["is"], data["with"]
    if what == "number":
        return float(parts)
    if what == "list":
        return [from_plain(one, classes) for one in parts]
    if what == "dict":
        return {from_plain(key, classes): from_plain(one, classes) for key, one in parts}
    return _made(what, {key: from_plain(one, classes) for key, one in parts.items()}, classes)


def proven_plain(value: Any, *, name: str, classes: Classes) -> Any:
    """Return a value as plain data, after making it again from them and finding it the same.

    Parameters
    ----------
    value : Any
    name : str
        What the value is called in an error.
    classes : mapping of str to class
        Those that are known without being brought; others that occur in the value are its owner's.
    """
    plain = to_plain(value, name=name)
    text = json.dumps(plain)
    again = from_plain(json.loads(text), with_own(classes, _classes_in(value)))
    # by their text and not by ==: a class of one's own may compare as it likes, and NaN equals nothing
    if json.dumps(to_plain(again, name=name)) != text:
        raise UsageError(
            f"{name} does not come back as it was: {_shown(again)} is made from the parameters of {_shown(value)}.",
            allowed="constructors that store their arguments as they are, each under its own name",
            hint="move what the constructor works out to where it is used.",
        )
    return plain


def with_own(classes: Classes, own: Iterable[type]) -> dict[str, type]:
    """Return the known classes and somebody's own by name, or refuse two of one name."""
    found = dict(classes)
    for cls in own:
        if not isinstance(cls, type):
            raise UsageError(
                f"{cls!r} is no class.", allowed="classes", hint=f"write {type(cls).__name__}, without ()."
            )
        if found.setdefault(cls.__name__, cls) is not cls:
            raise UsageError(
                f"two classes are called {cls.__name__!r}: a saved model tells classes apart by their names.",
                hint=f"call your own otherwise, such as My{cls.__name__}.",
            )
    return found


def _made(what: Any, parts: dict[str, Any], classes: Classes) -> Any:
    if what not in classes:
        raise UntrustedError(
            f"the model uses {what!r}, a class that cxchurn does not know.",
            allowed=listed(classes, most=60),
            hint=f"if it is your own, load the model with trust=[{what}].",
        )
    try:
        return classes[what](**parts)
    except _MADE_WRONG as error:
        raise MismatchError(
            f"the saved {what} cannot be made again: {error}.",
            hint="its class is another one than when the model was saved, or its constructor does more than store.",
        ) from error


def _parameters(value: Any) -> dict[str, Any] | None:
    """Return the constructor's arguments of an object that is what they say, else None."""
    if isinstance(value, type):
        return None
    try:
        if hasattr(value, "get_params"):
            return dict(value.get_params(deep=False))
    except _MADE_WRONG as error:
        raise UsageError(
            f"{type(value).__name__} cannot be written down: {error}.",
            allowed="constructors that store each argument under its own name",
        ) from error
    return {one.name: getattr(value, one.name) for one in fields(value) if one.init} if is_dataclass(value) else None


def _classes_in(value: Any) -> list[type]:
    if isinstance(value, dict):
        return [cls for pair in value.items() for one in pair for cls in _classes_in(one)]
    if isinstance(value, (tuple, list)):
        return [cls for one in value for cls in _classes_in(one)]
    said = _parameters(value)
    return [] if said is None else [type(value), *_classes_in(said)]


def _writable(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{text[:80]}{'...' * (len(text) > 80)} ({type(value).__name__})"
