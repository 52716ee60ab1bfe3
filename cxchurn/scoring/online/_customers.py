"""Customers' ids: under one key, however they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxchurn._core import UsageError
from cxchurn.interactions.rows import UNREADABLE, plain, read_id

_POINT_ZERO = re.compile(r"(0|-?[1-9]\d*)\.0+", re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)


@dataclass(frozen=True)
class Customers:
    """How customers' ids are read and shown.

    Parameters
    ----------
    ids : {"text", "integer"}
        What they were in training.
    """

    ids: str

    def key(self, customer: Any, *, known: Callable[[str], bool]) -> str:
        """Return the key of a customer; one unknown and written as ``1001.0`` is ``1001``, where that one is known."""
        found = read_id(given) if (given := plain(customer)) is not None else None
        if found is None or found is UNREADABLE:
            raise UsageError(
                f"the customer asked about is {customer!r}, which is no id.",
                allowed="text, or a whole number; words such as NULL or None are none",
            )
        key = str(found)
        pointed = _POINT_ZERO.fullmatch(key)
        return pointed[1] if pointed is not None and not known(key) and known(pointed[1]) else key

    def is_odd(self, customer: str | int) -> bool:
        """Return whether an id, as it was read, is of another type than those of training: it may be another customer's."""
        if self.ids == "text":
            return isinstance(customer, int)
        return _WHOLE.fullmatch(str(customer)) is None

    def shown(self, key: str) -> str | int:
        """Return an id as the log has it."""
        return int(key) if self.ids == "integer" and _WHOLE.fullmatch(key) else key

    def order(self, key: str) -> tuple[bool, str | int]:
        """Return by what customers are sorted: by their ids, those that are no whole numbers after those that are."""
        shown = self.shown(key)
        return isinstance(shown, str), shown
