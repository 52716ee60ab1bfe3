"""What came of comparing two nights of scores, as tables and as text."""

from __future__ import annotations

import json
import math
import textwrap
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxchurn.features import subject_words

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
        The two cut-offs.
    notes : tuple of str
        What to know before comparing: another model, other references, bands by another rule, one that lists only the
        first so many, or leaves some out.
    """

    summary: pd.DataFrame
    customers: pd.DataFrame
    reasons: pd.DataFrame
    before: str
    now: str
    notes: tuple[str, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """Return how many customers changed in which way."""
        found = self.customers["change"].value_counts()
        return {name: int(found.get(name, 0)) for name in CHANGES}

    def to_json(self) -> str:
        """Return the numbers, without customers, as JSON text."""
        said = {
            "before": self.before,
            "now": self.now,
            "changes": self.counts(),
            "reasons_moved": self._moved(),
            "summary": self.summary.to_dict("records"),
            "reasons": self.reasons.to_dict("records"),
            "notes": list(self.notes),
        }
        return json.dumps(_finite(said), indent=2, ensure_ascii=False)

    def __str__(self) -> str:
        counts = self.counts()
        lines = [f"Scores as of {self.before} and {self.now}", ""]
        lines += [_filled(note, "note: ") for note in self.notes]
        lines += [f"  {'':<24}{'before':>14}{'now':>14}{'change':>14}"]
        lines += [_line(row) for row in self.summary.to_dict("records")]
        lines += ["", *(f"  {name:<24}{number:>14,}" for name, number in counts.items() if number)]
        moved = self._moved()
        lines += [] if moved is None else [f"  {'first reason moved':<24}{moved:>14,}"]
        for change, title in ((UP, "New at risk"), (DOWN, "Left the risk")):
            some = self.customers[self.customers["change"] == change].head(_SHOWN)
            lines += ["", title] if len(some) else []
            for row in some.to_dict("records"):
                lines += [_person(row)]
        lines += ["", "What first reasons are about: what came or went most"] if len(self.reasons) else []
        lines += [_subject(row) for row in self.reasons.head(_SHOWN).to_dict("records")]
        return "\n".join(lines)

    def __repr__(self) -> str:
        counts = self.counts()
        return f"ScoreComparison({self.before} .. {self.now}: {counts[UP]:,} band up, {counts[DOWN]:,} band down)"

    def _moved(self) -> int | None:
        return int(self.customers["reason_moved"].sum()) if "reason_moved" in self.customers else None


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
