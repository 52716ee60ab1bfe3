"""Builders: ideas about customers turned into columns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
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
        The roles without which the builder is off. ``"a|b"`` means one of them is enough. A measure or category may have the
        name of a younger role (``"opened"``, ``"clicked"``): ``"roles.opened"`` means the role alone.
    sees : {"all", "own", "activity"}
        Whose events `columns` is shown: all that is known, the customer's own acts (rhythm and money are a matter of these),
        or the acts that count as activity in the churn definition. ``seen.all``, ``seen.own`` and ``seen.activity`` reach
        the others. See `Populations`.
    theme : {"rhythm", "money", "experience", "profile", "compared"}, optional
        What its columns are about: how often and how lately customers come, what they pay, what it was like for them, who
        they are, where they stand among others. A column can have one of its own. Two reasons are never about one theme, but
        for experience, where each builder is a subject of its own. Default: experience for a builder that sees ``"all"``,
        else rhythm.
    actionable : bool, optional
        Whether somebody can act on it. Default: where it is about experience.

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
    sees: ClassVar[str] = "all"
    theme: ClassVar[str] = ""
    actionable: ClassVar[bool | None] = None

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


def times(window: Span, factor: int) -> Span:
    """Return exactly `factor` times a window (`Span.scaled` rounds to whole days)."""
    return span(f"{factor * window.microseconds // 1_000_000}s")


def labelled(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each label with how it stands in column names; those that would read alike there are told apart by a number."""
    taken: set[str] = set()
    for text in labels:
        name, number = label(text), 1
        while name in taken:
            number += 1
            name = f"{label(text)}_{number}"
        taken.add(name)
        yield text, name


def words(text: str) -> str:
    """Write a label as part of a sentence: without braces, which mark the place of the value."""
    return text.replace("{", "(").replace("}", ")") if "{" in text or "}" in text else text


def one(noun: str) -> str:
    """Put the article before a noun: ``a visit``, ``an order``."""
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def last(nth: int) -> str:
    """Say which of the last: ``last``, ``second last``, ``third last``."""
    names = ("last", "second last", "third last", "fourth last", "fifth last")
    return names[nth - 1] if nth <= len(names) else f"{nth}th last"


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """Write a label as part of a column's name: lower case, words joined by underscores."""
    return "_".join("".join(c if c.isalnum() else " " for c in text.lower()).split()) or "blank"
