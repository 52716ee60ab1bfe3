"""A schema of the customers table: who, since when, until when, and what is an attribute."""

from __future__ import annotations

from dataclasses import dataclass

from cxchurn.interactions.schema._said import said
from cxchurn.interactions.schema._text import Formats


@dataclass(frozen=True, kw_only=True, repr=False)
class CustomerSchema:
    """Says what the columns of your customers table mean, where that is not plain from their names.

    Parameters
    ----------
    customer_id : str, optional
        Your column for who; by default found by its usual names.
    valid_from, valid_to : str, optional
        Your columns for since when a row holds, and until when. A row is known from its start on; its end only ends it.
        By default found by the names that warehouses give them (``valid_from``, ``dbt_valid_from``, ``effective_date``,
        ``row_start_date``, ...).
    attributes : tuple of str, optional
        The columns to use; by default all but those that only keep the table's books (whether a row is the current one,
        version numbers, hashes, when it was loaded).
    known_ahead : tuple of str
        Dates that are fixed beforehand, such as the end of a contract: they may lie after a cut-off.
    timezone : str, optional
        The zone of times that carry none; by default that of the interactions.
    time_format : str, tuple of str, or mapping of column to these, optional
        How times are written that are not ISO 8601, as in `Schema`; by default as in the interactions. That whole numbers are
        times since 1970, or days of a spreadsheet, has to be said by column.
    decimal, thousands, missing : optional
        How numbers are written, and which texts mean that there is nothing, as in `Schema`; by default as in the interactions,
        or as all values of a column prove.
    percent : tuple of str
        Your columns whose numbers carry a percent sign, as in `Schema`; numbers with the sign in any other are read as text.
    delimiter, encoding, skip : optional
        How a text file is written, as in `Schema`; by default as it is found to be.

    Examples
    --------
    >>> CustomerSchema(customer_id="kunde", known_ahead=("contract_end",))
    CustomerSchema(customer_id='kunde', known_ahead=('contract_end',))
    """

    customer_id: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    attributes: tuple[str, ...] | None = None
    known_ahead: tuple[str, ...] = ()
    timezone: str | None = None
    time_format: Formats | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] | None = None
    percent: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    skip: int = 0

    def __repr__(self) -> str:
        return said(self)
