"""Events: the canonical columns of the rows kept, and one further event for every value that became known later."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cxchurn._core import span
from cxchurn.interactions.log._spelling import folded, folded_sql, is_folded
from cxchurn.interactions.reading._casts import Cast
from cxchurn.interactions.reading._engine import name, text
from cxchurn.interactions.reading._rules import carried, later_columns
from cxchurn.interactions.schema._roles import KEPT_BACK, ROLES
from cxchurn.interactions.schema._schema import Later, Schema, content_of, named
from cxchurn.interactions.store._event_types import LATER, kind_of

_TYPES = {"instant": "TIMESTAMP", "category": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN"}


def event_selects(
    schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, Cast], *, held: Callable[[str], str]
) -> list[str]:
    """Return the SQL for the events of the rows in ``raw``, in their order, and for those made of each later; labels are text.

    Parameters
    ----------
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each column is read.
    at : mapping of the user's column to Cast
        How the times of later-known columns are read.
    held : callable
        Gives the engine's name of a user's column.
    """
    values = event_values(schema, casts)
    order = [*(role for role in ROLES if role in values), *named(schema.measures), *named(schema.categories)]
    late = later_columns(schema)
    first = [f"{_nothing(label, schema) if label in late else values[label]} AS {name(label)}" for label in order]
    later_known = [_later_select(schema, later, values, order, at[later.at], held) for later in schema.later]
    return [f"SELECT {', '.join(first)}, FALSE AS {LATER} FROM raw", *later_known]


def event_values(schema: Schema, casts: Mapping[str, Cast]) -> dict[str, str]:
    """Return the SQL for what the rows in ``raw`` say, by canonical names.

    Parameters
    ----------
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each column is read.
    """
    values = {label: _value(label, cast, schema) for label, cast in casts.items() if label not in KEPT_BACK}
    if schema.kind_is is not None:
        values["kind"] = text(said(schema.kind_is, schema))
    arrived = _arrived(values["timestamp"], schema)
    values["known_at"] = f"greatest({arrived}, {values['known_at']})" if "known_at" in casts else arrived
    return values


def said(kind: str, schema: Schema) -> str:
    """Return a kind as the events have it that the schema says."""
    return folded(kind) if schema.ignore_case else kind


def _arrived(moment: str, schema: Schema) -> str:
    late = schema.arrives
    return moment if late is None else f"({moment}) + to_microseconds({span(late).microseconds})"


def _value(label: str, cast: Cast, schema: Schema) -> str:
    if label in ROLES and ROLES[label].allowed:
        return f"lower({cast.value})"
    folds = schema.ignore_case and kind_of(label, schema) == "category" and is_folded(label)
    return folded_sql(cast.value) if folds else cast.value


def _nothing(label: str, schema: Schema) -> str:
    return f"CAST(NULL AS {_TYPES[kind_of(label, schema)]})"


def _later_select(
    schema: Schema, later: Later, values: Mapping[str, str], order: list[str], at: Cast, held: Callable[[str], str]
) -> str:
    known = f"greatest({values['known_at']}, {_arrived(at.value, schema)})"
    taken = {label: values[label] for label in ("customer_id", *carried(later), *later.columns) if label in values}
    taken |= {"timestamp": known, "known_at": known, "kind": text(said(later.event_kind, schema))}
    listing = ", ".join(f"{taken.get(label) or _nothing(label, schema)} AS {name(label)}" for label in order)
    once = ""
    if later.once_per is not None:
        content = ", ".join(f"raw.{held(column)}" for column in content_of(schema))
        # a row without a case stands for itself
        own = f"CASE WHEN ({values['case_id']}) IS NULL THEN rowid END"
        once = (
            f" QUALIFY row_number() OVER (PARTITION BY {values['customer_id']}, {values['case_id']}, {own} "
            f"ORDER BY {at.value}, {values['known_at']}, {content}) = 1"
        )
    return f"SELECT {listing}, TRUE AS {LATER} FROM raw WHERE {at.present}{once} ORDER BY rowid"
