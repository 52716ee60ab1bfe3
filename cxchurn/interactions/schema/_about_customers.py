"""What the schemas of a log say of its customers table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._schema import Schema


def about_customers(schemas: Sequence[Schema]) -> CustomerSchema:
    """Return what is said of the customers table; how it is written is as in the interactions, where that is not said."""
    found = next((schema.customers for schema in schemas if schema.customers is not None), CustomerSchema())
    alike = ("timezone", "time_format", "decimal", "thousands", "missing")
    return replace(found, **{name: getattr(schemas[0], name) for name in alike if getattr(found, name) is None})
