"""Attributes of customers among the roles that features are made from: how they are written, and read again."""

from __future__ import annotations

from collections.abc import Iterable

_BEFORE, _AHEAD = "customers.", " (known ahead)"


def attribute_role(name: str, *, ahead: bool = False) -> str:
    """Return the role of an attribute; of one that is a date fixed beforehand also a second one, which says so.

    Examples
    --------
    >>> attribute_role("contract_end", ahead=True)
    'customers.contract_end (known ahead)'
    """
    return f"{_BEFORE}{name}{_AHEAD if ahead else ''}"


def attributes_of(roles: Iterable[str]) -> tuple[list[str], frozenset[str]]:
    """Return the attributes among some roles, in their order, and which of them are dates fixed beforehand.

    Examples
    --------
    >>> attributes_of(["customers", "customers.plan", "kind"])
    (['plan'], frozenset())
    """
    found = [role.removeprefix(_BEFORE) for role in roles if role.startswith(_BEFORE)]
    ahead = frozenset(one.removesuffix(_AHEAD) for one in found if one.endswith(_AHEAD))
    return [one for one in found if not one.endswith(_AHEAD)], ahead
