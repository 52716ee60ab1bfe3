"""Cut-offs some time before a date of the customer's own, such as the end of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cxchurn._core import DAY, DataError, Deferred, MismatchError, Statement, UsageError, did_you_mean, listed, span
from cxchurn.history import Histories, Seen, ask_as_of
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
# half a microsecond in days: ages are floats, and a date so many days ahead must meet itself again
_MICRO = 0.5 / DAY


class Before(Statement):
    """Cut-offs some time before a date of the customer's own; made by `before`.

    Parameters
    ----------
    date : str
        A column of instants of the events, or an attribute of the customers that is a date.
    spans : tuple of str
        How long before the date.
    """

    def __init__(self, date: str, spans: tuple[str, ...]) -> None:
        self.date = date
        self.spans = spans

    def rows(self, histories: Histories, log: InteractionLog) -> Rows:
        """Return (customers, cut-offs, labels of the cut-offs) where the date was known so long before it.

        The date is the one that the last event known before the cut-off names (or the row of the customers table that held
        then); a date that was moved later, or became known too late, gives no cut-off. Cut-offs outside the log give none.
        """
        customers, dates = self._dates(log)
        start = log.start
        if start is None:
            raise DataError("the log has no interaction.", hint="read a log that has some.")
        parts = []
        for text in self.spans:
            length = span(text, name="before")
            at = dates - np.timedelta64(length.microseconds, "us")
            # before the first interaction nothing was known of anybody
            inside = (at > start) & (at <= log.observed_until)
            who, when = customers[inside], at[inside]
            known = ask_as_of(log, who, when, lambda seen, days=length.days: self._named(seen, days))  # type: ignore[misc]
            label = np.full(int(known.sum()), f"{self.date} - {length}", dtype=object)
            parts.append((who[known], when[known], label))
        if not sum(len(label) for *_, label in parts):
            raise UsageError(
                f"no {self.date} was known {' or '.join(self.spans)} before it, at a time inside the log.",
                hint="a shorter span, or a log that reaches further.",
            )
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]

    def _named(self, seen: Seen, days: float) -> np.ndarray:
        """Return whether the date known at the cut-off lies so many days ahead, of customers with a past; bool."""
        ahead = -(seen.lag(self.date) if seen.has(self.date) else seen.attribute(self.date))
        return (seen.count() > 0) & (np.abs(ahead - days) < _MICRO)

    def _dates(self, log: InteractionLog) -> tuple[np.ndarray, np.ndarray]:
        """Return every date that a customer ever had, once each: customers and datetime64[us]."""
        found = pd.concat(list(self._tables(log))).dropna().drop_duplicates()
        found = found.sort_values(["customer_id", self.date], kind="stable")
        return found["customer_id"].to_numpy(), found[self.date].to_numpy(dtype="datetime64[us]")

    def _tables(self, log: InteractionLog) -> Iterator[pd.DataFrame]:
        names = ["customer_id", self.date]
        if _is_date(log.types, self.date):
            parts = [log.events] if log.parts is None else (log.parts.read(k, names) for k in range(len(log.parts)))
            tables = (part.select(names) for part in parts)
        elif log.customers is not None and log.customers.attributes.get(self.date) == "time":
            tables = (one for one in [log.customers.table.select(names)])
        else:
            dates = [name for name in log.types.names if _is_date(log.types, name)]
            dates += [
                name for name, kind in (log.customers.attributes if log.customers else {}).items() if kind == "time"
            ]
            raise MismatchError(
                f"{self.date!r} is no date, neither of the events nor of the customers.",
                allowed=listed(dates) or "none: the log has no such column",
                hint=did_you_mean(self.date, dates),
            )
        for table in tables:
            yield _plain(table, self.date)


def before(date: str, *spans: str) -> Before:
    """Look at customers some time before a date of their own, such as ``before("contract_end", "60D", "30D")``.

    Parameters
    ----------
    date : str
        A column of instants of the events (such as ``"promised_at"``: the one that the last event names), or an attribute of
        the customers that is a date. A date without `valid_from` in the customers table is taken as known all along.
    *spans : str
        How long before it.

    Examples
    --------
    >>> before("contract_end", "60D")
    Before(date='contract_end', spans=('60D',))
    """
    if not spans:
        raise UsageError("before() was given no span.", hint="for example before('contract_end', '60D').")
    lengths = {length.microseconds: str(length) for length in (span(one, name="before") for one in spans)}
    return Before(date, tuple(lengths.values()))


def _is_date(types: pa.Schema, name: str) -> bool:
    own = name in types.names and name not in ("timestamp", "known_at")
    return own and pa.types.is_timestamp(types.field(name).type)


def _plain(table: pa.Table, date: str) -> pd.DataFrame:
    who = table["customer_id"].combine_chunks()
    if pa.types.is_dictionary(who.type):
        who = who.dictionary_decode()
    frame = pd.DataFrame({date: table[date].cast(pa.timestamp("us")).to_numpy()})
    frame.insert(0, "customer_id", who.to_numpy(zero_copy_only=False))
    return frame
