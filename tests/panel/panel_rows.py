"""Small logs for tests of panels, in days since 2024-01-01, and the plain loop that says who churned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from cxchurn.interactions import InteractionLog, Schema, read_interactions

ORIGIN = np.datetime64("2024-01-01", "us")
KINDS = ("visit", "purchase", "cancel")
COLUMNS = ("customer_id", "timestamp", "kind", "known_at", "direction")

Row = tuple[Any, float, str, float | None, str | None]


def at(day: float) -> np.datetime64:
    """The instant so many days after 2024-01-01."""
    return ORIGIN + np.timedelta64(round(day * 86_400_000_000), "us")


def iso_days(*days: float) -> list[str]:
    return [str(at(day)) for day in days]


def log_of(rows: list[tuple], until: float | None = None) -> InteractionLog:
    """Rows of (customer, day, kind, day it became known, direction); the last two may be left out."""
    full = [(*row, *(None, None)[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(full, columns=list(COLUMNS))
    for name in ("timestamp", "known_at"):
        frame[name] = np.array(
            [np.datetime64("NaT", "us") if day is None or day != day else at(day) for day in frame[name]], "M8[us]"
        )
    frame["direction"] = frame["direction"].astype("str").where(frame["direction"].notna(), None)
    schema = Schema(**{name: name for name in COLUMNS}, duplicates="keep")
    return read_interactions(frame, schema, observed_until=None if until is None else at(until), now="2030-01-01")


# days at edges: cut-offs are drawn from whole days too, horizons, gaps and windows are whole days
_days = st.one_of(st.integers(0, 30).map(float), st.floats(0, 30, width=16).map(lambda day: round(day, 2)))
_rows = st.tuples(
    st.sampled_from([1, 2, 3]),
    _days,
    st.sampled_from(KINDS),
    st.one_of(st.none(), _days),
    st.sampled_from([None, "inbound", "outbound"]),
)
# an early and a late visit, so that the days 1 to 30 always lie inside the log
rows_drawn = st.lists(_rows, max_size=25).map(
    lambda rows: [(9, 0, "visit", None, None), *rows, (9, 30, "cancel", None, None)]
)


def place(row: Row) -> float:
    return row[1] if row[3] is None else max(row[1], row[3])


def is_activity(row: Row, kinds: tuple[str, ...] | None, ended_by: tuple[str, ...] = ("cancel",)) -> bool:
    return row[4] != "outbound" and row[2] not in ended_by and (kinds is None or row[2] in kinds)


def gone(ends: list[float], back: list[float]) -> bool:
    """Nothing comes after the last end."""
    return bool(ends) and not any(day > max(ends) for day in back)


def inactive(
    rows: list[Row], day: float, *, horizon: int, gap: int, within: int | None, kinds: tuple | None, ended_by: tuple
):
    """Return {customer: churned} for those asked about on a day; None for whom it became known late that they had ended."""
    found = {}
    for customer in sorted({row[0] for row in rows}):
        mine = [row for row in rows if row[0] == customer]
        acts = [row for row in mine if is_activity(row, kinds, ended_by)]
        ends = [row for row in mine if row[2] in ended_by]
        active = [place(row) for row in acts if place(row) < day]
        since = -1.0 if within is None else day - within
        if not any(one >= since for one in active) or gone([place(row) for row in ends if place(row) < day], active):
            continue
        window = (day + gap, day + gap + horizon)
        later = [row[1] for row in acts if window[0] <= row[1] < window[1]]
        left = [row[1] for row in ends if window[0] <= row[1] < window[1]]
        late = gone([row[1] for row in ends if row[1] < day], [row[1] for row in acts if row[1] < day])
        found[customer] = None if late else not later or gone(left, later)
    return found


def cancelled(rows: list[Row], day: float, *, horizon: int, gap: int):
    """Return {customer: churned} for those under contract on a day, any act of their own shows that they are back.

    None for whom it became known only later that they were not under contract, "gap" for whom that ended in the gap.
    """
    found = {}
    for customer in sorted({row[0] for row in rows if place(row) < day}):
        own = [row for row in rows if row[0] == customer]
        if not ended(own, day, place):
            future = [row for row in own if day + gap <= row[1] < day + gap + horizon]
            left = any(row[2] == "cancel" for row in future)
            between = ended([row for row in own if row[1] >= day], day + gap, lambda row: row[1])
            found[customer] = None if ended(own, day, lambda row: row[1]) else "gap" if between else left
    return found


def ended(rows: list[Row], day: float, when: Callable[[Row], float]) -> bool:
    """Whether nothing they did came after their last cancellation, before a day on some clock."""
    past = [row for row in rows if when(row) < day]
    return gone(
        [when(row) for row in past if row[2] == "cancel"], [when(row) for row in past if is_activity(row, None)]
    )
