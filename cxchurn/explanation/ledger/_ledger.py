"""The ledger of many customers: which touchpoints cost us customers, in heads and in money."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, UsageError, cached_property, did_you_mean, listed, logger, zone
from cxchurn.explanation.ledger._ledger_words import Shown, about_words, day, page, words
from cxchurn.explanation.ledger._sums import Grouped, interval, mean_by
from cxchurn.words import Language, Printed, english

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

BY = ("touchpoint", "kind", "month", "direction", "agent_id")
# a row for each of the staff is a judgement of a person: of few customers none is made
_FEWEST = 20


@dataclass(frozen=True, eq=False, repr=False)
class Ledger(Printed):
    """What interactions did to the risk of many customers; made by `touchpoints`.

    Risk is what the model says. It falls with any sign of life (presence) and rises with silence; what an interaction was like
    (experience) is told apart from that, and touchpoints are ranked by it alone. All of it is association, not effect.

    Attributes
    ----------
    interactions : DataFrame
        One row an interaction before and after which its customer is asked about: the columns of `Account.table` but those of
        the balance, and ``month`` (on the clock of the log's zone), ``value`` (of the customer, where values are given),
        ``outcome`` (how it turned out, -1 to 1: by its own tone, score or end, else by those of the next interaction of its
        case that became known before `until`; missing where nothing tells, and of what the company did of its own accord and
        of which only the kind is known, such as a refund).
    totals : DataFrame
        ``part``, ``log_odds``, ``points``, and these by what they are: presence, experience, other, silence, away, whole; see
        `Account`.
    since, until : datetime64[us]
    customers : int
        How many were looked at and asked about at some instant.
    left_out : dict of str to int
        Interactions left out because their customer was not asked about just before or just after them, by why.
    priced : bool
        Whether values are given.
    notes : tuple of str
        What to know about the numbers.
    model_version : str
    language : Language
        What it is printed in: that of the model.
    drawn : int or None
        How many customers were drawn by chance, None where all were followed.
    """

    interactions: pd.DataFrame
    totals: pd.DataFrame
    since: np.datetime64
    until: np.datetime64
    customers: int
    left_out: dict[str, int]
    priced: bool
    notes: tuple[str, ...]
    model_version: str
    language: Language = field(default_factory=english)
    drawn: int | None = None
    timezone: str = "UTC"

    def __len__(self) -> int:
        return len(self.interactions)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The sums by touchpoint and kind, and by who reached out where the log says so, see `by`.

        What customers came with and what the company did of its own accord are different things: a call of one kind may cost
        customers, a call of the other keep them.
        """
        told = self.interactions["direction"].notna().any()
        return self.by("touchpoint", "kind", *(["direction"] if told else []))

    def by(self, *columns: str, least_customers: int | None = None) -> pd.DataFrame:
        """Sum the changes of risk by what interactions have in common, the costliest experience first (months in their order).

        Parameters
        ----------
        *columns : {"touchpoint", "kind", "month", "direction", "agent_id"}
        least_customers : int, optional
            Leave out groups of fewer customers. Default: 20 where people are named (``agent_id``), else none is left out.

        Returns
        -------
        DataFrame
            One row a group: the columns; ``contacts``; ``customers``; ``told`` (of how many of these contacts anything on
            record says what they were like: where it is 0, what experience moved comes of their having been in touch);
            ``went_well`` (the share of contacts with an outcome above 0, of those whose outcome is known); in points of
            probability a contact: ``experience`` with ``experience_low`` and ``experience_high`` (95 % interval by customer),
            ``experience_well`` (contacts of the same kinds, reached out to by the same side, that went well; NaN where that is
            known of none),
            ``presence``, ``other``; in customers: ``heads`` (the sum of what experience added to the probabilities) with
            ``heads_low`` and ``heads_high``; ``heads_over_well`` (what they are more than had every contact done what those of
            its kind that went well did), ``heads_presence``, ``heads_other``; where values are given ``money``, ``money_low``,
            ``money_high`` (heads, each with the customer's value).
        """
        _check(columns)
        rows = self.interactions
        grouped = Grouped(rows[list(columns)], self._codes, self.customers)
        table = self._table(grouped)
        least = (_FEWEST if "agent_id" in columns else 0) if least_customers is None else least_customers
        few = table["customers"] < least
        if few.any():
            logger.info("%d groups of fewer than %d customers are left out.", int(few.sum()), least)
        order = [*(("month",) if "month" in columns else ()), "heads", *(name for name in columns if name != "month")]
        return table[~few].sort_values(order, ascending=[name != "heads" for name in order], ignore_index=True)

    def _text(self) -> str:
        return words(self._shown())

    def _html(self) -> str:
        return page(self._shown())

    def _shown(self) -> Shown:
        days = [day(at, self.timezone) for at in (self.since, self.until)]
        about = about_words(self.customers, len(self), *days)
        return Shown(about, self.table, self.totals, self.notes, self.priced)

    @cached_property
    def _codes(self) -> np.ndarray:
        return pd.factorize(self.interactions["customer_id"])[0]

    def _table(self, grouped: Grouped) -> pd.DataFrame:
        points = {name: self.interactions[f"{name}_points"].to_numpy() for name in ("experience", "presence", "other")}
        ended = self.interactions["outcome"].to_numpy(dtype=np.float64)
        known, well = grouped.count(~np.isnan(ended)), grouped.count(ended > 0)
        table = grouped.labels.assign(contacts=grouped.count(), customers=grouped.customers)
        table["told"] = grouped.count(self.interactions["told"].to_numpy())
        table["went_well"] = np.divide(well, known, out=np.full(len(grouped), np.nan), where=known > 0)
        table = self._a_contact(table, grouped, points)
        table = self._in_heads(table, grouped, points)
        return self._priced(table, grouped) if self.priced else table

    def _a_contact(self, table: pd.DataFrame, grouped: Grouped, points: dict[str, np.ndarray]) -> pd.DataFrame:
        means = {name: grouped.total(values) / np.maximum(grouped.count(), 1) for name, values in points.items()}
        low, high = interval(means["experience"], grouped.error_of_mean(points["experience"]))
        table = table.assign(experience=means["experience"], experience_low=low, experience_high=high)
        table["experience_well"] = mean_by(grouped.group, self._well, ~np.isnan(self._well), len(grouped))
        return table.assign(presence=means["presence"], other=means["other"])

    def _in_heads(self, table: pd.DataFrame, grouped: Grouped, points: dict[str, np.ndarray]) -> pd.DataFrame:
        heads = {name: grouped.total(values) / 100 for name, values in points.items()}
        low, high = interval(heads["experience"], grouped.error_of_total(points["experience"] / 100))
        table = table.assign(heads=heads["experience"], heads_low=low, heads_high=high)
        beside = ~np.isnan(self._well)
        over = grouped.total(np.where(beside, points["experience"] - self._well, 0.0)) / 100
        table["heads_over_well"] = np.where(grouped.count(beside) > 0, over, np.nan)
        return table.assign(heads_presence=heads["presence"], heads_other=heads["other"])

    @cached_property
    def _well(self) -> np.ndarray:
        """What contacts of each one's kind and direction that went well did on average; NaN where none is known to have."""
        rows = self.interactions
        alike = rows.groupby(["kind", "direction"], dropna=False, sort=False).ngroup().to_numpy()
        well = rows["outcome"].to_numpy(dtype=np.float64) > 0
        return mean_by(alike, rows["experience_points"].to_numpy(), well, len(rows))[alike]

    def _priced(self, table: pd.DataFrame, grouped: Grouped) -> pd.DataFrame:
        value = np.nan_to_num(self.interactions["value"].to_numpy(dtype=np.float64))
        lost = self.interactions["experience_points"].to_numpy() / 100 * value
        money = grouped.total(lost)
        low, high = interval(money, grouped.error_of_total(lost))
        return table.assign(money=money, money_low=low, money_high=high)


def _check(columns: tuple[str, ...]) -> None:
    strange = [name for name in columns if name not in BY]
    if strange or not columns or len(set(columns)) < len(columns):
        raise UsageError(
            f"the ledger cannot be summed by {listed(map(repr, strange or columns)) or 'nothing'}.",
            allowed=f"each once, of {listed(BY)}",
            hint=did_you_mean(str(strange[0]), BY) if strange else "ledger.by('touchpoint', 'kind')",
        )


def months(times: np.ndarray, timezone: str) -> np.ndarray:
    """Return the month in which each instant falls by the clock of a zone, such as ``"2024-10"``; object, shape ``(n,)``."""
    shown = zone(timezone).local(times.astype("datetime64[us]").astype(np.int64)).astype("datetime64[us]")
    return shown.astype("datetime64[M]").astype(str).astype(object)
