"""Roles that came when there were logs already whose measures and categories have their names, which therefore keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cxchurn.interactions.schema._roles import ROLES, Role
from cxchurn.interactions.schema._schema import Schema, named

# those of one group are read together: a log that calls something else by one of these names has none of the group's roles
YOUNGER = (("opened", "clicked"), ("discount",), ("points", "tier"), ("session_id", "step"), ("peer_id",))
# what the standard families make nothing of: only a schema says that a column is one of these, and nobody else is told of them
ASKED_FOR = frozenset(role for group in YOUNGER[1:] for role in group)
_GROUP_OF = {role: group for group in YOUNGER for role in group}


def role_of(label: str, schema: Schema) -> Role | None:
    """Return the role that a canonical column plays; None for a measure or a category, whatever its name."""
    return None if label in named(schema.measures) or label in named(schema.categories) else ROLES.get(label)


def is_younger(role: str) -> bool:
    """Whether a role came when measures and categories could have its name."""
    return role in _GROUP_OF


def given_way(schema: Schema) -> dict[str, str]:
    """Return the measures and categories that are called as a younger role is, each with its column."""
    others = {**named(schema.measures), **named(schema.categories)}
    return {name: column for name, column in others.items() if name.lower() in _GROUP_OF}


def contradicting(schemas: Iterable[Schema]) -> Iterator[tuple[str, str]]:
    """Yield the names of measures and categories that have taken a younger role's, with a role mapped that goes with it."""
    schemas = list(schemas)
    for name in dict.fromkeys(name for schema in schemas for name in given_way(schema)):
        group = _GROUP_OF[name.lower()]
        mapped = [role for role in group if any(getattr(schema, role) is not None for schema in schemas)]
        yield from ((name, role) for role in mapped[:1])


def said_of_given_way(schema: Schema) -> Iterator[str]:
    """Say of each younger role that a standard family would use that it gives way to a measure or category of the same name."""
    for name, column in given_way(schema).items():
        if name.lower() in ASKED_FOR:
            continue
        what = "a measure" if name in named(schema.measures) else "a category"
        role = name.lower()
        yield (
            f"{name!r} is {what} here, as the schema says, and not the role {role} ({ROLES[role].says}). Where it is that,"
            f" say {role} = {column!r} among the roles instead."
        )
