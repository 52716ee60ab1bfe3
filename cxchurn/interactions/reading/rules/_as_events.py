"""What of a row its events have: which values came later, what goes along with them, and labels as events have them."""

from __future__ import annotations

from cxchurn.interactions.log._spelling import folded, is_folded
from cxchurn.interactions.schema._later import Later
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import Schema, constants_of


def later_columns(schema: Schema) -> set[str]:
    """Return the canonical columns that became known after their interaction."""
    return {label for later in schema.later for label in later.columns}


def carried(later: Later) -> tuple[str, ...]:
    """Return what a later-known event takes along beside its values: what was known from the start and explains them."""
    beside = {"score": "score_type", "delivered_at": "promised_at"}
    more = [beside[label] for label in later.columns if label in beside and beside[label] not in later.columns]
    return ("touchpoint", "case_id", "agent", "agent_id", *more)


def said(kind: str, schema: Schema) -> str:
    """Return a kind as the events have it that the schema says."""
    return _said("kind", kind, schema)


def said_constants(schema: Schema) -> dict[str, str]:
    """Return the roles that are one label in all rows, with the label as the events have it."""
    return {role: _said(role, label, schema) for role, label in constants_of(schema).items()}


def _said(role: str, label: str, schema: Schema) -> str:
    if ROLES[role].allowed:
        return label.lower()
    return folded(label) if schema.ignore_case and is_folded(role) else label
