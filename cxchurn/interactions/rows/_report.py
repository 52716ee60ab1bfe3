"""Rows that break rules, in the words and the form in which the reader reports them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cxchurn.interactions.log._validation import Finding, shown_as
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.reading.rules._tally import EXAMPLES


class Broken(NamedTuple):
    """A rule that a row breaks: its name and the column it is about."""

    rule: str
    column: str


def findings_of(
    rules: Mapping[Broken, Rule],
    rows: Iterable[tuple[int, Mapping[str, Any], Iterable[Broken]]],
    who: list[str],
    label: str,
) -> tuple[Finding, ...]:
    """Return what was found, rule by rule in the rules' order, with examples; also the rules that nothing broke.

    Parameters
    ----------
    rules : mapping of Broken to Rule
    rows : iterable of (number, cells, broken)
        The rows in their order, counted from 1; each with the rules it breaks.
    who : list of str
        The user's columns that tell rows apart.
    label : str
        What the data is called.
    """
    found: dict[Broken, list[dict[str, object]]] = {}
    counts: dict[Broken, int] = {}
    for number, cells, broken in rows:
        for one in broken:
            counts[one] = counts.get(one, 0) + 1
            examples = found.setdefault(one, [])
            if len(examples) < EXAMPLES:
                examples.append(_example(number, cells, rules[one], who))
    return tuple(
        Finding(
            rule.name,
            rule.column,
            rule.says,
            counts.get(one, 0),
            tuple(found.get(one, ())),
            label,
            kept=not rule.refuses,
        )
        for one, rule in rules.items()
    )


def _example(number: int, cells: Mapping[str, Any], rule: Rule, who: list[str]) -> dict[str, object]:
    shown = dict.fromkeys([*rule.shows, *who])
    return {"row": number, **{shown_as(column): cells.get(column) for column in shown}}
