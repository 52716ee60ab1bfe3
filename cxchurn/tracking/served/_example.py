"""An example request: interactions of two invented customers, in the user's own columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DAY, instant, iso
from cxchurn.features import attribute_role, attributes_of
from cxchurn.interactions import Schema, mapping, written_time
from cxchurn.model import ChurnModel
from cxchurn.tracking.served._columns import ATTRIBUTE, SOURCE, attributes_needed

# days before the cut-off
_AGES = (301.3, 204.7, 131.2, 83.6, 41.9, 12.4)
_CUSTOMERS = (1, 2)
_VALUES: dict[str, tuple[Any, ...]] = {
    "case_id": ("case 1", None, "case 2"),
    "direction": ("inbound", "outbound"),
    "agent": ("human", "self"),
    "agent_id": ("agent 1", None),
    "wait_s": (35.0, None, 240.0),
    "duration_s": (180.0, 420.0),
    "transfers": (0, 1, None),
    "resolved": (True, None, False),
    "score": (None, 4),
    "score_type": (None, "csat"),
    "invited": (False, True),
    "sentiment": (0.3, None, -0.4),
    "value": (19.9, 0.0, 45.5),
    "currency": ("EUR",),
    "reason": (None,),
    "opened": (None, True, False),
    "clicked": (None, False),
    "discount": (0.0, None, 0.2),
    "points": (10, None, -5),
    "session_id": ("session 1", "session 1", "session 2"),
    "peer_id": (None, "example 3"),
}
_INSTANTS = ("promised_at", "delivered_at", "known_at")


def example_of(model: ChurnModel) -> pd.DataFrame:
    """Return a request about invented customers that a model can answer; labels are those that the model knows."""
    several = len(model.schemas_) > 1
    parts = [_rows(model, schema, number if several else None) for number, schema in enumerate(model.schemas_)]
    frame = pd.concat(parts, ignore_index=True) if several else parts[0]
    return frame.astype(object).where(frame.notna(), None)


def _rows(model: ChurnModel, schema: Schema, number: int | None) -> pd.DataFrame:
    end = int(instant(model.learned_from_.last).astype(np.int64))
    times = [end - round((age + 3.1 * who) * DAY) for who in _CUSTOMERS for age in _AGES]
    columns: dict[str, list[Any]] = {} if number is None else {SOURCE: [number] * len(times)}
    columns[schema.customer_id] = [_id(model, who) for who in _CUSTOMERS for _ in _AGES]
    columns |= _times(schema, schema.timestamp, times)
    for role, column in mapping(schema).items():
        if role in _INSTANTS:
            wait = 0 if role == "known_at" else DAY
            columns = _times(schema, getattr(schema, role), [at + wait for at in times]) | columns
        elif role != "timestamp" and column not in columns:
            columns[column] = _column(model, schema, role, times)
    for later in schema.later:
        # what is known later came a day after
        columns = _times(schema, later.at, [at + DAY for at in times]) | columns
    for name in attributes_needed(model):
        columns[ATTRIBUTE + name] = [_attribute(model, name)] * len(times)
    return pd.DataFrame(columns, dtype=object)


def _id(model: ChurnModel, who: int) -> int | str:
    return who if model.ids_ == "integer" else f"example {who}"


def _column(model: ChurnModel, schema: Schema, role: str, times: list[int]) -> list[Any]:
    if role == "event_id":
        return [f"event {place + 1}" for place in range(len(times))]
    known = [
        label
        for label in model.features_.known_.get(role, ())
        if schema.kinds is None or role != "kind" or label in schema.kinds
    ]
    if role in schema.measures:
        values: tuple[Any, ...] = (1.0, 2.0)
    elif known and role not in ("score_type", "direction", "agent", "currency"):
        values = tuple(known[:4])
    elif role == "kind":
        values = (schema.kinds or ("purchase",))[:3]
    else:
        values = ("example",) if role in schema.categories else _VALUES.get(role, ("example",))
    if mapping(schema)[role] in schema.percent:
        values = tuple(f"{value} %" for value in values)
    return [values[place % len(values)] for place in range(len(times))]


def _attribute(model: ChurnModel, name: str) -> Any:
    if name in attributes_of(model.features_.roles_)[1]:
        # a date fixed beforehand has to be one
        return iso(instant(model.learned_from_.last))
    known = model.features_.known_.get(attribute_role(name), ())
    return known[0] if known else None


def _times(schema: Schema, columns: str | tuple[str, ...], times: list[int]) -> dict[str, list[Any]]:
    """Return instants as they stand in the columns of a time."""
    moments = [datetime.fromtimestamp(at // 1_000_000, UTC) for at in times]
    rows = [written_time(schema, columns, moment) for moment in moments]
    return {column: [row.get(column) for row in rows] for column in rows[0]}
