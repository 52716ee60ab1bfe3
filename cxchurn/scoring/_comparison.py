"""What came of comparing two nights of scores, as tables and as text."""

from __future__ import annotations

import json
import math
import textwrap
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxchurn._core import iso, on_clock
from cxchurn.features import subject_words
from cxchurn.scoring._nights import clock_of

UP, DOWN, SAME = "band up", "band down", "same band"
NEW, GONE, AGAIN, NO_LONGER, NEVER = "new", "gone", "asked about again", "no longer asked about", "not asked about"
CHANGES = (UP, DOWN, AGAIN, NO_LONGER, NEW, GONE, SAME, NEVER)
_SHOWN, _WIDTH = 5, 80


@dataclass(frozen=True, eq=False)
class ScoreComparison:
    """What changed between two nights of scores; made by `compare_scores`.

    Attributes
    ----------
    summary : DataFrame
        The whole: ``what``, ``before``, ``now``, ``change``. Customers, those asked about, the mean probability, how many are
        in each band, the expected loss where there is one.
    customers : DataFrame
        One row a customer of either night, the largest change first: ``customer_id``, ``change`` (in words: "band up" is new
        at risk, "band down" left it), ``band_before``, ``band_now``, ``probability_before``, ``probability_now``,
        ``probability_change``, ``not_asked_before``, ``not_asked_now``; where both nights have reasons ``reason_before``,
        ``reason_now``, ``subject_before``, ``subject_now`` and ``reason_moved``: whether the first one is about another
        subject.
    reasons : DataFrame
        How often each subject is that of the first reason: ``subject`` (a theme, of experience the driver), ``before``,
        ``now``, ``share_before``, ``share_now``, ``share_change``.
    before, now : str
        The two cut-offs, UTC; "?" for one that is not known.
    notes : tuple of str
        What to know before comparing: another model, other references, bands by another rule, one that lists only the
        first so many, or leaves some out.
    timezone : str
        On the clock of which zone the cut-offs are printed: that of the log, as far as the nights say it.
    """

    summary: pd.DataFrame
    customers: pd.DataFrame
    reasons: pd.DataFrame
    before: str
    now: str
    notes: tuple[str, ...] = field(default=())
    timezone: str = "UTC"

    def counts(self) -> dict[str, int]:
        """Return how many customers changed in which way."""
        found = self.customers["change"].value_counts()
        return {name: int(found.get(name, 0)) for name in CHANGES}

    def to_json(self) -> str:
        """Return the numbers, without customers, as JSON text."""
        said = {
            "before": self.before,
            "now": self.now,
            "timezone": self.timezone,
            "changes": self.counts(),
            "reasons_moved": self._moved(),
            "summary": self.summary.to_dict("records"),
            "reasons": self.reasons.to_dict("records"),
            "notes": list(self.notes),
        }
        return json.dumps(_finite(said), indent=2, ensure_ascii=False)

    def __str__(self) -> str:
        counts = self.counts()
        before, now = (_shown(at, self.timezone) for at in (self.before, self.now))
        lines = [f"Scores as of {before} and {now} ({self.timezone})", ""]
        lines += [_filled(note, "note: ") for note in self.notes]
        lines += [f"  {'':<24}{'before':>14}{'now':>14}{'change':>14}"]
        lines += [_line(row) for row in self.summary.to_dict("records")]
        lines += ["", *(f"  {name:<24}{number:>14,}" for name, number in counts.items() if number)]
        moved = self._moved()
        lines += [] if moved is None else [f"  {'first reason moved':<24}{moved:>14,}"]
        for change, title in ((UP, "New at risk"), (DOWN, "Left the risk")):
            some = self.customers[self.customers["change"] == change]
            lines += ["", f"{title}{_of_all(some, 'by how far the risk moved')}"] if len(some) else []
            lines += [_person(row) for row in some.head(_SHOWN).to_dict("records")]
        about = f"What first reasons are about, by what came or went most{_of_all(self.reasons)}"
        lines += ["", about] if len(self.reasons) else []
        lines += [_subject(row) for row in self.reasons.head(_SHOWN).to_dict("records")]
        return "\n".join(lines)

    def __repr__(self) -> str:
        counts = self.counts()
        return f"ScoreComparison({self.before} .. {self.now}: {counts[UP]:,} band up, {counts[DOWN]:,} band down)"

    def _moved(self) -> int | None:
        return int(self.customers["reason_moved"].sum()) if "reason_moved" in self.customers else None


def _shown(at: str, timezone: str) -> str:
    return at if at == "?" else iso(on_clock(at, clock_of(timezone)))


def _of_all(rows: pd.DataFrame, order: str = "") -> str:
    """Say how many of the rows are shown and by what these are the first, where that is not all of them."""
    if len(rows) <= _SHOWN:
        return ""
    return f": {_SHOWN} of {len(rows):,}{', ' if order else ''}{order}"


def _line(row: dict[Any, Any]) -> str:
    return f"  {row['what']:<24}" + "".join(
        f"{_number(row[side], row['what'], signed=side == 'change'):>14}" for side in ("before", "now", "change")
    )


def _number(value: float, what: str, *, signed: bool) -> str:
    shown = 100 * value if what == "mean probability" else value
    decimals = 2 if what in ("mean probability", "expected loss") else 0
    # nothing changed is neither more nor less
    sign = "+" if signed and round(shown, decimals) else ""
    unit = "" if what != "mean probability" else " points" if signed else "%"
    return f"{round(shown, decimals) + 0.0:{sign},.{decimals}f}{unit}"


def _person(row: dict[Any, Any]) -> str:
    moved = f"{row['probability_before']:.0%} -> {row['probability_now']:.0%}"
    bands = f"{row['band_before']} -> {row['band_now']}"
    text = f"{row['customer_id']}: {moved} ({bands})"
    if row.get("reason_now") and row["change"] == UP:
        text += f": {row['reason_now']}"
    return _filled(text, "")


def _subject(row: dict[Any, Any]) -> str:
    return _filled(f"{row['share_before']:.1%} -> {row['share_now']:.1%}  {subject_words(row['subject'])}", "")


def _filled(text: str, head: str) -> str:
    return textwrap.fill(head + text, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _finite(value: Any) -> Any:
    """Return plain data without numbers that JSON lacks."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
