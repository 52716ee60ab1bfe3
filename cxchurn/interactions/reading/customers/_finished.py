"""The customers table once its rows are read: what is an attribute, and what only keeps the table's books."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from cxchurn._core import UsageError, listed, logger
from cxchurn.interactions.log._customer_table import ID, CustomerTable
from cxchurn.interactions.reading.customers._attribute import Attribute
from cxchurn.interactions.reading.customers._telling import telling_ends
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._validity import BOOKS, Validity
from cxchurn.interactions.store._batch import canonical


def finished(
    table: pa.Table, found: Mapping[str, Attribute], validity: Validity, about: CustomerSchema, refused: pa.Table | None
) -> CustomerTable:
    """Make the table of what was read, without what only tells when a row ends, and say what was left out.

    Parameters
    ----------
    table : pyarrow.Table
        The rows kept.
    found : mapping of str to Attribute
        How each attribute was read.
    validity : Validity
        The columns that only keep the table's books.
    about : CustomerSchema
        What was said of the table.
    refused : pyarrow.Table, optional
        The rows set aside.
    """
    kinds = {column: one.kind for column, one in found.items()}
    strange = [column for column in about.known_ahead if kinds.get(column) != "time"]
    if strange:
        raise UsageError(
            f"known_ahead names {listed(strange)}, which holds no times.", allowed="attributes that are times"
        )
    telling = telling_ends(table, [column for column in kinds if column not in about.known_ahead])
    books = {column: BOOKS[what] for column, what in validity.books.items()}
    if about.attributes is None:
        books |= {column: BOOKS[what] for column, what in telling.items()}
        table = table.drop_columns(list(telling))
        kinds = {column: kind for column, kind in kinds.items() if column not in telling}
        telling = {}
    if about.attributes is None:
        # decided here, not by whoever reads
        read_as = listed((f"{column} ({found[column]})" for column in kinds), most=40)
        logger.info("the customers table's attributes: %s.", read_as or "none")
    for column, why in books.items():
        logger.info("the customers table's %s is no attribute: %s.", column, why)
    return CustomerTable(
        canonical(table, plain=(ID,)),
        attributes=kinds,
        refused=refused,
        known_ahead=about.known_ahead,
        books=books,
        tells_end=telling,
        written={column: found[column].how for column in kinds if found[column].how},
    )
