"""How the texts of a column are written, as its schema says it."""

from __future__ import annotations

from cxchurn.interactions.reading._cell_sql import Texts
from cxchurn.interactions.schema._schema import Schema, named
from cxchurn.interactions.schema._text import DISCOUNTS, LENGTHS, formats_of, seconds_in
from cxchurn.interactions.schema._younger import role_of


def texts_of(schema: Schema, column: str, label: str) -> Texts:
    """Return how the texts of a column are written.

    Parameters
    ----------
    schema : Schema
    column : str
        The user's column.
    label : str
        Its canonical name.
    """
    spans = "brief" if label in LENGTHS else "plain" if label in named(schema.measures) else ""
    formats = formats_of(schema.time_format, column)
    unit = seconds_in(schema.duration_unit, column) if label in LENGTHS else 1.0
    if label == "discount" and role_of(label, schema) is not None:
        unit = DISCOUNTS[schema.discount_unit or "share"]
    words = (schema.yes or (), schema.no or ())
    # where a discount counts percents, the sign adds nothing
    percent = None if label == "discount" and unit != 1.0 else column in schema.percent
    spans = "" if percent else spans
    return Texts(
        schema.timezone, formats, schema.decimal, schema.thousands, schema.missing, spans, unit, *words, percent
    )
