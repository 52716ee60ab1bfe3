"""Statements that print as what one would type: what was given, and nothing that goes without saying."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any


def given(statement: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that were given, or differ from what goes without saying."""
    found = {field.name: (getattr(statement, field.name), field.default) for field in fields(statement)}
    return {name: value for name, (value, default) in found.items() if default is MISSING or value != default}


def said(statement: Any) -> str:
    """Return the call that makes a dataclass."""
    return f"{type(statement).__name__}({', '.join(f'{name}={value!r}' for name, value in given(statement).items())})"
