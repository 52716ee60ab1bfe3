"""Roles among what builders need that no measure or category can stand for, whatever its name."""

from __future__ import annotations

from collections.abc import Iterable

from cxchurn.interactions import YOUNGER, InteractionLog

_ROLE = "roles."


def certain_roles(log: InteractionLog) -> set[str]:
    """Return the younger roles of a log as ``roles.<name>``: a measure or category of such a name is not among them."""
    return {f"{_ROLE}{role}" for group in YOUNGER for role in group if role in log.roles}


def role_named(need: str) -> str:
    """Return the name of a role, however a builder asks for it.

    Examples
    --------
    >>> role_named("roles.opened"), role_named("opened")
    ('opened', 'opened')
    """
    return need.removeprefix(_ROLE)


def certain(roles: Iterable[str], columns: Iterable[str]) -> set[str]:
    """Return those of some roles that stand for one of the columns with certainty."""
    there = {f"{_ROLE}{column}" for column in columns}
    return there & set(roles)


def needed(needs: tuple[str, ...]) -> str:
    """Write needed roles as words."""
    return ", ".join(" or ".join(map(role_named, need.split("|"))) for need in needs)
