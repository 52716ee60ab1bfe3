"""Paths into columns that hold structures: ``user.id`` is the field ``id`` of what the column ``user`` holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cxchurn.interactions.schema._sql import text


def steps_of(path: str, columns: Collection[str]) -> list[str] | None:
    """Return the column that a path leads into, and the fields that it names inside; None where there is none.

    Names may hold points themselves: the longest that is there is meant.

    Examples
    --------
    >>> steps_of("user.address.city", ["user", "type"])
    ['user', 'address', 'city']
    """
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        root = ".".join(parts[:length])
        if root in columns:
            return [root, *parts[length:]]
    return None


def pointer(steps: Sequence[str]) -> str:
    """Return the SQL of a pointer into JSON."""
    return text("".join("/" + key.replace("~", "~0").replace("/", "~1") for key in steps))
