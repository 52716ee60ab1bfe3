"""The pulse of a company: one table, and a page of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxchurn._core import Deferred, UsageError, did_you_mean, listed
from cxchurn.explanation.periods._pulse_words import html, page
from cxchurn.words import Language, Printed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


@dataclass(frozen=True, eq=False, repr=False)
class Pulse(Printed):
    """What each touchpoint was like, period by period; made by `pulse`.

    Attributes
    ----------
    table : DataFrame
        One row a group, period and measure, in that order: the columns of `by`; ``period`` (such as "2024-03") and ``start``
        (UTC); ``measure``; ``value`` with its 95 % interval ``low`` and ``high``; over how many rows (``count``) of how many
        ``customers``; ``whole``: whether the log holds the whole period, and the time to answer or to solve after it;
        ``before``: the value of the periods before, taken together; ``change`` (value less before) with its interval
        ``change_low`` and ``change_high``; ``q``: the share of false finds at which it is one; ``moved``: "up", "down" or
        "none", None where nothing was compared. ``contacts`` are what customers did themselves. Waits in seconds; ``transfers``
        a contact; ``solved``, ``csat`` and answer rates as shares; ``tone`` from -1 to 1; ``nps`` from -100 to 100; ``ces``
        from 1 to 7. Numbers of contacts and customers are compared by the day, and ``before`` is for as many days as the
        period has.
    by : tuple of str
        What groups are told apart by.
    every : str
        How long a period is.
    notes : tuple of str
        What to know before believing the numbers.
    language : Language, optional
        What it is printed in; see `in_language`.
    """

    table: pd.DataFrame
    by: tuple[str, ...]
    every: str
    notes: tuple[str, ...]
    language: Language | None = None

    def wide(self, measure: str, column: str = "value") -> pd.DataFrame:
        """Return one measure with a row a period and a column a group.

        Parameters
        ----------
        measure : str
            Such as ``"nps"``.
        column : str, default "value"
            Which column of the table.
        """
        known = list(self.table["measure"].unique())
        for given, allowed, name in ((measure, known, "measure"), (column, list(self.table.columns), "column")):
            if given not in allowed:
                raise UsageError(
                    f"{name} is {given!r}.", allowed=listed(allowed, most=40), hint=did_you_mean(str(given), allowed)
                )
        rows = self.table[self.table["measure"] == measure]
        if not self.by:
            return rows.set_index("period")[[column]]
        return rows.set_index(["period", *self.by])[column].unstack(list(self.by))

    def moves(self) -> pd.DataFrame:
        """Return what moved beyond noise, the latest period first, the surest move first."""
        rows = self.table[self.table["moved"].isin(("up", "down"))]
        return rows.sort_values(["start", "q"], ascending=[False, True], kind="stable").reset_index(drop=True)

    def _text(self) -> str:
        return page(self)

    def _html(self) -> str:
        return html(self)
