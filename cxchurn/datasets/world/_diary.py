"""Where the simulator writes down what happened, column by column and day by day."""

from __future__ import annotations

from typing import Any

import numpy as np

KINDS = (
    "call", "campaign", "cancel", "chat", "complaint", "delivery", "email", "purchase", "referral", "refund",
    "resolved", "survey", "visit", "membership", "page", "return", "question", "answer", "peer_left",
)  # fmt: skip
TOUCHPOINTS = ("app", "chat", "email", "phone", "social", "store", "web")
APP, CHAT, EMAIL, PHONE, SOCIAL, STORE, WEB = range(len(TOUCHPOINTS))
AGENT_TYPES = ("bot", "human", "self")
BOT, HUMAN, SELF = range(len(AGENT_TYPES))
SCORE_TYPES = ("ces", "csat", "nps")
CES, CSAT, NPS = range(len(SCORE_TYPES))

_COLUMNS: dict[str, Any] = {
    "touchpoint": np.int8(-1),
    "inbound": np.int8(0),
    "agent": np.int8(-1),
    "case": np.int64(-1),
    "resolved": np.int8(-1),
    "invited": np.int8(-1),
    "score_type": np.int8(-1),
    "discounted": np.int8(-1),
    "score": np.float64(np.nan),
    "wait_s": np.float64(np.nan),
    "transfers": np.float64(np.nan),
    "valence": np.float64(np.nan),
    "promised": np.int32(-1),
    "points": np.float64(np.nan),
    "tier": np.int8(-1),
    "session": np.int64(-1),
    "step": np.int8(-1),
    "peer": np.int32(-1),
    "person": np.int8(-1),
}
# kinds of rows that only some companies write
FURTHER_KINDS = {
    "loyalty": ("membership",),
    "sessions": ("page",),
    "returns": ("return",),
    "network": ("question", "answer", "peer_left"),
}


class Diary:
    """Rows written in the order in which they happen; later made into one table of equally long columns."""

    def __init__(self) -> None:
        self.cases = 0
        self.sessions = 0
        self.plans: list[tuple[int, np.ndarray, np.ndarray]] = []
        self._pages: list[tuple[int, int, np.ndarray, dict[str, Any]]] = []

    def write(self, day: int, who: np.ndarray, kind: np.ndarray | str, **columns: np.ndarray | float) -> None:
        """Write one row for each of `who`; a column is an array as long as `who`, or one value for all."""
        if len(who):
            codes = KINDS.index(kind) if isinstance(kind, str) else kind
            self._pages.append((day, len(who), who, {"kind": codes, **columns}))

    def number_cases(self, count: int) -> np.ndarray:
        """Return the numbers of `count` new matters."""
        self.cases += count
        return np.arange(self.cases - count, self.cases)

    def number_sessions(self, count: int) -> np.ndarray:
        """Return the numbers of `count` new sessions."""
        self.sessions += count
        return np.arange(self.sessions - count, self.sessions)

    def columns(self) -> dict[str, np.ndarray]:
        """Return the rows: ``who``, ``day``, ``kind`` and the columns above, each of shape ``(rows,)``."""
        sizes = np.array([size for _, size, _, _ in self._pages], np.int64)
        days = np.array([day for day, _, _, _ in self._pages], np.int32)
        ends = np.cumsum(sizes)
        table = {
            "who": np.concatenate(
                [np.asarray(who, np.int32) for _, _, who, _ in self._pages] or [np.empty(0, np.int32)]
            )
        }
        table["day"] = np.repeat(days, sizes)
        for name, empty in {"kind": np.int8(-1), **_COLUMNS}.items():
            column = np.full(len(table["who"]), empty)
            for end, (_, size, _, page) in zip(ends, self._pages, strict=True):
                if name in page:
                    column[end - size : end] = page[name]
            table[name] = column
        return table
