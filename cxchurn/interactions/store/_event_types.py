"""The canonical columns of events, and their types."""

from __future__ import annotations

import pyarrow as pa

from cxchurn.interactions.schema._roles import KEPT_BACK, ROLES
from cxchurn.interactions.schema._schema import Schema, constants_of, mapping, named
from cxchurn.interactions.schema._younger import role_of
from cxchurn.interactions.store._batch import FLAG, ID, NUMBER, TIME
from cxchurn.interactions.store._labels import LABEL

# whether an event was made of a value that became known later
LATER = "later"


def event_types(schema: Schema, ids: str) -> pa.Schema:
    """Return the canonical columns of the events of a source, and their types.

    Parameters
    ----------
    schema : Schema
        What the source's columns mean.
    ids : {"text", "integer"}
        The type of its customers' ids.
    """
    kinds = {"id": LABEL if ids == "text" else ID, "instant": TIME, "category": LABEL, "number": NUMBER, "flag": FLAG}
    there = {*mapping(schema), *constants_of(schema), "known_at", "kind"} - {*KEPT_BACK}
    roles = [role for label in ROLES if label in there and (role := role_of(label, schema)) is not None]
    found = [(role.name, kinds[role.type]) for role in roles]
    found += [(label, NUMBER) for label in named(schema.measures)] + [
        (label, LABEL) for label in named(schema.categories)
    ]
    return pa.schema([*found, (LATER, FLAG)])


def kind_of(label: str, schema: Schema) -> str:
    """Return the type a canonical column is read as."""
    role = role_of(label, schema)
    return role.type if role is not None else "number" if label in named(schema.measures) else "category"
