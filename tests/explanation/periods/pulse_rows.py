"""Logs for pulses, and the same numbers worked out one cell at a time, in the most obvious way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from cxchurn.interactions import InteractionLog, Schema, read_interactions

_ROLES = (
    "case_id", "direction", "wait_s", "transfers", "resolved", "score", "score_type", "invited", "sentiment", "touchpoint"
)  # fmt: skip


def log_of(rows: list[tuple[Any, ...]], columns: str, **options: Any) -> InteractionLog:
    """Read literal rows; `columns` names what each of them holds, customer and time first."""
    names = ["customer_id", "timestamp", *columns.split()]
    frame = pd.DataFrame(rows, columns=names)
    schema_options = {key: options.pop(key) for key in ("timezone", "later") if key in options}
    roles = {name: name for name in names if name not in ("customer_id", "timestamp")}
    if "kind" not in roles:
        schema_options["kind_is"] = "call"
    schema = Schema(customer_id="customer_id", timestamp="timestamp", duplicates="keep", **roles, **schema_options)
    return read_interactions(frame, schema, **options)


def cell(pulse: Any, measure: str, period: str, touchpoint: str | None = None) -> dict[str, Any]:
    """Return the one row of a pulse's table."""
    table = pulse.table
    rows = table[(table["measure"] == measure) & (table["period"] == period)]
    if touchpoint is not None:
        rows = rows[rows["touchpoint"] == touchpoint]
    assert len(rows) == 1, rows
    return rows.iloc[0].to_dict()


def terms(rows: pd.DataFrame, value: str | None) -> tuple[float, dict[Any, float]]:
    """Return the mean of some rows, and what each customer adds to its error: the sum of what is left over, a row."""
    mean = float(rows[value].mean())
    return mean, {who: float((own[value] - mean).sum()) / len(rows) for who, own in rows.groupby("customer_id")}


def error_of(first: dict[Any, float], second: dict[Any, float] | None = None) -> float:
    """Return the root of the sum over customers of their terms, or of the differences of theirs, squared."""
    second = second or {}
    return math.sqrt(sum((first.get(who, 0.0) - second.get(who, 0.0)) ** 2 for who in {*first, *second}))


def many(seed: int, *, customers: int = 120, months: int = 8, lift: float = 0.0) -> pd.DataFrame:
    """Return contacts whose waits hang together within a customer; in the last month they are longer by `lift`."""
    rng = np.random.default_rng(seed)
    contacts = rng.poisson(1.2, (customers, months))
    who = np.repeat(np.arange(customers), contacts.sum(axis=1))
    month = np.concatenate([np.repeat(np.arange(months), row) for row in contacts])
    day = rng.integers(0, 27, who.size)
    start = np.datetime64("2024-01", "M") + month
    own = rng.normal(0, 20, customers)[who]
    waits = np.maximum(0.0, 100 + own + rng.normal(0, 15, who.size) + lift * (month == months - 1))
    return pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in who],
            "timestamp": start.astype("datetime64[D]") + day,
            "kind": "call",
            "touchpoint": rng.choice(["phone", "chat"], who.size),
            "wait_s": waits,
        }
    )
