"""Builders: ideas about customers turned into columns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from cxchurn._core import Span, Statement, span
from cxchurn.features._column import Column
from cxchurn.history import Seen


class Builder(Statement):
    """Turns one idea about customers into columns.

    A subclass says its `driver` (what the idea is called towards people), the roles it needs, and how its columns are
    computed from what was seen before the cut-off. It never holds the log.

    Attributes
    ----------
    driver : str
        The name under which its contributions are summed, such as ``"effort"``.
    needs : tuple of str
        The roles without which the builder is off. ``"a|b"`` means one of them is enough.

    Examples
    --------
    >>> class Calls(Builder):
    ...     '''How often customers had to call.'''
    ...     driver = "calls"
    ...     def __init__(self, *, windows=("30D", "90D")):
    ...         self.windows = windows
    ...     def columns(self, seen):
    ...         for w in spans(self.windows):
    ...             yield Column(f"calls_count_{w}", seen.last(w).count(where(kind="call")),
    ...                          says="had {value:#call} in the last {window}", window=w)
    """

    driver: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view.

        Which columns come, and in which order, may depend on parameters, on the roles and on ``seen.known(...)``, never on
        the rows.
        """

    def lacks(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Return the needed roles that are not among `roles`."""
        present = set(roles)
        return tuple(need for need in self.needs if not present & set(need.split("|")))


def spans(windows: Sequence[str | Span]) -> tuple[Span, ...]:
    """Read a builder's windows."""
    return tuple(span(window, name="windows") for window in windows)


def label(text: str) -> str:
    """Write a label as part of a column's name: lower case, words joined by underscores."""
    return "_".join("".join(c if c.isalnum() else " " for c in text.lower()).split()) or "blank"
