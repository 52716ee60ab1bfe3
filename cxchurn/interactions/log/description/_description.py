"""What a log holds, as tables and as a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, html_list, html_result, html_said, html_table, iso
from cxchurn.interactions.log.description._page import (
    cells,
    column_lines,
    customer_words,
    gap_lines,
    headline,
    indented,
    kind_lines,
    late_lines,
    lines_words,
    month_lines,
    notes,
    odd_lines,
    source_lines,
)

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_MOST, _KINDS, _SHORT = 40, 12, 6
TABLES = {
    "by_month": "By month",
    "by_kind": "By kind",
    "by_kind_and_month": "By kind and month",
    "by_source": "By source",
    "gaps": "Days between interactions of one customer",
    "delays": "Days until rows became known, of those that became known later",
    "activity": "Customers by how many interactions they have",
    "busiest": "The busiest customers",
    "roles": "What columns hold",
    "spelling": "Labels that differ by upper case or blanks alone",
    "silences": "Sources and kinds that stopped, and holes of days",
}


@dataclass(frozen=True, eq=False, repr=False)
class Description:
    """What a log holds before anything is modelled; made by `describe`.

    Months and days are those of the log's zone. Rows are events of the log: also those made of values that became known
    later; where it says interactions, only those that are rows of the data.

    Attributes
    ----------
    facts : dict
        ``interactions``, ``made`` (of them from later-known columns), ``customers``, ``first``, ``last``, ``observed_until``,
        ``timezone``, ``with_one_interaction`` (customers), ``median_interactions`` (of a customer), ``busiest_percent_share``
        (of all interactions, those of the busiest 1 % of customers), ``span_days`` (quantiles of the days between a
        customer's first and last interaction).
    by_month : DataFrame
        ``month``, ``rows``, ``customers``, and whether the log holds the ``whole`` month.
    by_kind : DataFrame
        ``kind``, ``rows``, ``share``, ``made``, ``customers``, ``at_once`` (rows at the very moment of another of the same
        customer, where times are no full hours), ``first`` and ``last``; most rows first.
    by_kind_and_month : DataFrame
        ``kind``, ``month``, ``rows``, ``customers``.
    by_source : DataFrame
        ``source``, ``rows``, ``customers`` (missing where sources share kinds, which do not tell them apart then), ``kinds``
        (how many), ``first`` and ``last`` (days), ``observed_until`` (where it was said). Empty where the events were changed
        since they were read.
    gaps : DataFrame
        ``of``: "all", "own" (not sent by the company; where rows say who reached out) and each kind (``by_kind``); how many
        ``gaps``; their quantiles in days, each off by less than a hundredth of itself.
    delays : DataFrame
        The same of how much later than they happened rows became known: ``late_rows``, their ``share`` of all, and quantiles
        of these in days.
    activity : DataFrame
        How many ``customers`` have so many ``interactions``.
    busiest : DataFrame
        ``customer_id``, ``rows``, ``share`` of the ten busiest: often a guest account, a bot, or a test.
    roles : DataFrame
        ``name``, ``role`` ("role", "measure" or "category"), ``type``, ``filled`` (rows), ``share``, how many ``different``
        labels (missing beyond 10,000), ``low``, ``mean`` and ``high`` of numbers (the mean of yes/no is the share of yes),
        ``since`` and ``until`` of times, the three ``most_frequent`` labels.
    spelling : DataFrame
        ``name``, ``like``, ``label``, ``rows``: labels that differ by upper case or blanks alone, and count as different.
    silences : DataFrame
        ``source``, ``kind`` ("" for all rows of the source), ``what`` ("stopped" or "hole"), ``since``, ``until``, ``days``,
        ``probability``, ``says``.
    """

    facts: dict[str, Any]
    by_month: pd.DataFrame
    by_kind: pd.DataFrame
    by_kind_and_month: pd.DataFrame
    by_source: pd.DataFrame
    gaps: pd.DataFrame
    delays: pd.DataFrame
    activity: pd.DataFrame
    busiest: pd.DataFrame
    roles: pd.DataFrame
    spelling: pd.DataFrame
    silences: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data that JSON can hold: facts, and each table as a list of rows."""
        tables = {name: json.loads(_table_json(getattr(self, name))) for name in TABLES}
        return {"facts": {name: _plain(value) for name, value in self.facts.items()}, **tables}

    def short(self) -> str:
        """Return the few lines that `cxchurn validate` prints."""
        kinds = kind_lines(self.by_kind, self.gaps, most=_SHORT, timezone=self.facts["timezone"])
        filled = column_lines(self.roles[self.roles["share"] < 1], "Not filled in every row")
        return "\n".join([headline(self.facts), *kinds, *indented(self._words()), *filled])

    def __str__(self) -> str:
        if not self.facts["interactions"]:
            return headline(self.facts)
        parts = [
            [headline(self.facts)],
            month_lines(self.by_month),
            kind_lines(self.by_kind, self.gaps, most=_KINDS, timezone=self.facts["timezone"]),
            source_lines(self.by_source),
            gap_lines(self.gaps),
            ["Customers", *indented(self._words())],
            late_lines(self.delays),
            column_lines(self.roles, "Filled"),
            odd_lines(self._notes()),
        ]
        return "\n\n".join("\n".join(part) for part in parts if part)

    def _words(self) -> list[str]:
        return customer_words(self.facts) + lines_words(self.by_kind)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = [html_said(self._words())]
        for name, title in TABLES.items():
            table = getattr(self, name)
            if len(table) and name not in ("activity", "by_kind_and_month", "silences", "spelling"):
                head, rows = cells(table)
                parts += [html_said([title]), html_table(head, rows, most=_MOST)]
        odd = self._notes()
        parts += [html_said(["Worth a look:"]), html_list(odd)] if odd else []
        return html_result("Description", headline(self.facts), *parts)

    def _notes(self) -> list[str]:
        return notes(self.silences, self.spelling, self.busiest, self.facts["customers"])


def _table_json(table: pd.DataFrame) -> str:
    plain = table.copy()
    for name in table.columns:
        if str(table[name].dtype).startswith("datetime64"):
            plain[name] = pd.Series(_texts(table[name]), dtype=object)
    return str(plain.to_json(orient="records", double_precision=15, date_format="iso"))


def _texts(times: pd.Series) -> list[str | None]:
    return [None if pd.isna(one) else iso(np.datetime64(one, "us")) for one in times]


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, np.datetime64) else value
