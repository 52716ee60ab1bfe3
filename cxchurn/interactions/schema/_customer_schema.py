"""A schema of the customers table: who, since when, until when, and what is an attribute."""

from __future__ import annotations

from dataclasses import dataclass

from cxchurn.interactions.schema._said import said


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
    time_format : str, optional
        How times are written that are not ISO 8601; by default as in the interactions.

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
    time_format: str | None = None

    def __repr__(self) -> str:
        return said(self)
