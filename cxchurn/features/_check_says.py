"""Whether a column's texts can say its values."""

from __future__ import annotations

from cxchurn._core import UsageError, listed
from cxchurn.features._says import Says

# nothing, one, several in fractions, less than nothing and missing: each has a sentence of its own kind
_TRIED = (0.0, 1.0, 2.5, -1.5, float("nan"))
_ERRORS = (KeyError, ValueError, IndexError, TypeError, AttributeError)


def check_says(says: Says) -> None:
    """Raise unless a column can say every value, so that nobody finds out when customers are scored."""
    try:
        for value in _TRIED:
            says.sentence(value)
            says.amount(value)
    except _ERRORS as error:
        raise UsageError(
            f"{says.name} cannot say its values by {says.one!r}: {type(error).__name__}, {error}.",
            allowed=f"the places {listed(_places(says))}, and the formats of Number, such as {{value:#visit}}, {{value:days}}",
            hint="write {{ and }} for braces that are no place.",
        ) from error


def _places(says: Says) -> list[str]:
    return [f"{{{name}}}" for name in ("value", "window", *(["label"] if says.label is not None else []), *says.slots)]
