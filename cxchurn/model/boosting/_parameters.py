"""What the parameters of the classifier may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

from cxchurn._core import UsageError


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


_ALLOWED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "n_estimators": ("a whole number, 1 or more", lambda value: _whole(value, 1)),
    "learning_rate": ("a number above 0", lambda value: _number(value) and value > 0),
    "num_leaves": ("a whole number, 2 to 131072", lambda value: _whole(value, 2) and value <= 131_072),
    "min_child_samples": ("a whole number, 1 or more, or None", lambda value: value is None or _whole(value, 1)),
    "colsample_bytree": ("a number above 0, up to 1", lambda value: _number(value) and 0 < value <= 1),
    "reg_lambda": ("a number, 0 or more", lambda value: _number(value) and value >= 0),
    "n_seeds": ("a whole number, 1 or more", lambda value: _whole(value, 1)),
    "n_jobs": ("a whole number, 1 or more, -1 for all, or None", lambda value: value in (None, -1) or _whole(value, 1)),
    "random_state": ("a whole number, 0 or more", lambda value: _whole(value, 0)),
}


def check_parameters(given: Mapping[str, Any]) -> None:
    """Raise one error that names every parameter LightGBM could not train with."""
    wrong = [name for name, (_, fits) in _ALLOWED.items() if not fits(given[name])]
    if wrong:
        raise UsageError(
            "the classifier cannot be trained with " + ", ".join(f"{name}={given[name]!r}" for name in wrong) + ".",
            allowed="; ".join(f"{name}: {_ALLOWED[name][0]}" for name in wrong),
            hint="leave a parameter out to take its default.",
        )
