"""Rows of interactions for tests."""

from __future__ import annotations

from typing import Any

NOW = "2026-01-01"


def row(
    customer_id: Any = "a", timestamp: Any = "2024-05-01T10:00:00", kind: Any = "visit", **more: Any
) -> dict[str, Any]:
    return {"customer_id": customer_id, "timestamp": timestamp, "kind": kind, **more}
