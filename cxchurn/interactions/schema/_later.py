"""Columns that were filled in after their interaction."""

from __future__ import annotations

from dataclasses import dataclass

from cxchurn.interactions.schema._said import said

# one column, or two that are read one after the other: a day and the time of it
Columns = str | tuple[str, ...]


def column_of(column: Columns) -> str:
    """Return what a column is called, or two that are read one after the other."""
    return column if isinstance(column, str) else " + ".join(column)


@dataclass(frozen=True, kw_only=True, repr=False)
class Later:
    """A column that was filled in after its interaction, and so becomes an event of its own at that later time.

    Parameters
    ----------
    at : str, or tuple of two str
        The user's column that says when the values became known, such as ``"resolved_at"``; or those of the day and the time.
    columns : tuple of str
        What became known then: names of roles, measures or categories (not of the user's columns). May be empty
        where the moment itself is the news.
    kind : str, optional
        The kind of the event made; by default `at` without its ``"_at"``.
    once_per : {None, "case_id"}
        With ``"case_id"`` one event a customer's matter (the earliest), for tables that repeat the final value on
        every row.

    Examples
    --------
    >>> Later(at="resolved_at", columns=("resolved",))
    Later(at='resolved_at', columns=('resolved',))
    """

    at: Columns
    columns: tuple[str, ...] = ()
    kind: str | None = None
    once_per: str | None = None

    def __repr__(self) -> str:
        return said(self)

    @property
    def event_kind(self) -> str:
        """The kind of the event that is made."""
        return self.kind or (self.at if isinstance(self.at, str) else self.at[0]).removesuffix("_at")

    @property
    def column(self) -> str:
        """What the column of the times is called among the columns of a source."""
        return column_of(self.at)
