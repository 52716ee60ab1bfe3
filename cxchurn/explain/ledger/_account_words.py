"""An account as a statement, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import html_result, html_said, html_table, iso, span
from cxchurn.explain.ledger._parts import PARTS

if TYPE_CHECKING:
    from cxchurn.explain.ledger._account import Account

_WIDTH = 80
_MOST = 30
_HEAD = f"{'known':<16} {'what':<21} {'felt':>5} {'account':>7} {'pres.':>6} {'exper.':>6} {'other':>6} {'risk':>6}"
_NOTE = (
    "pres., exper., other: points of probability that having been in touch, what it was like, and the rest moved the risk by; "
    "in silence, a matter left open is experience. Each change is from just before to just after, with what was known then; "
    "what_if asks as of the end, with all that followed. "
    "Association, not effect: how the model's answer moves with what it sees."
)


def words(account: Account) -> str:
    """Return the statement: its head, the last thirty interactions, and what adds up."""
    left = max(0, len(account) - _MOST)
    lines = [*_head(account), "", _HEAD]
    lines += [f"... {left:,} earlier interactions, see .table"] if left else []
    for row in account.table.iloc[left:].to_dict("records"):
        lines += _lines(row)
    lines += [_silence(f"until {iso(account.at)[:16]}", [account.closing_parts[part] for part in PARTS])]
    return "\n".join([*lines, "", *_sums(account), *textwrap.wrap(_NOTE, _WIDTH)])


def page(account: Account) -> str:
    """Return the statement for a notebook: the last thirty interactions, and what adds up."""
    now = share(account.closing) if not account.not_asked else f"not asked about ({account.not_asked})"
    left = max(0, len(account) - _MOST)
    head = [
        "known",
        "what",
        "felt",
        "account",
        "presence",
        "experience",
        "other",
        "silence before",
        "of it experience",
        "risk after",
    ]
    table = html_table(head, map(_cells, account.table.iloc[left:].to_dict("records")))
    earlier = [f"{left:,} earlier interactions are in .table."] if left else []
    about = f"{account.customer_id} as of {iso(account.at)[:16]}, risk {now}"
    return html_result("Account", about, html_said(earlier), table, html_said([" ".join(_sums(account)), _NOTE]))


def _cells(row: dict[Any, Any]) -> list[str]:
    what = " ".join(str(one) for one in (row["kind"], row["touchpoint"]) if one is not None and one == one)
    felt = [f"{row[name]:+.1f}" if row[name] == row[name] else "" for name in ("deposit", "balance")]
    moved = [points(row[f"{name}_points"]) for name in (*PARTS, "silence", "silence_experience")]
    return [
        str(row["known_at"])[:16],
        what,
        *felt,
        *moved,
        share(row["after"]) if row["after"] == row["after"] else "-",
    ]


def _head(account: Account) -> Iterator[str]:
    now = share(account.closing) if not account.not_asked else f"not asked about ({account.not_asked})"
    yield f"Account of {account.customer_id} as of {iso(account.at)[:16]}: risk {now}"
    opened = "" if np.isnan(account.opening) else f", risk then {share(account.opening)}"
    yield f"  since {iso(account.since)[:16]}{opened}"
    fades = span(account.half_life).words
    yield f"  on the account a bad moment counts {account.weight:g} times; all fades by half in {fades}"


def _lines(row: dict[Any, Any]) -> Iterator[str]:
    still = [row[f"silence_{part}_points"] for part in PARTS]
    if any(abs(one) >= 0.05 for one in still):
        yield _silence("", still)
    what = " ".join(str(one) for one in (row["kind"], row["touchpoint"]) if one is not None and one == one)
    what += f" ({row['together']} at once)" if row["together"] > 1 else ""
    numbers = (row["presence_points"], row["experience_points"], row["other_points"])
    said = " ".join(f"{points(one):>6}" for one in numbers)
    felt, balance = (f"{row[name]:+.1f}" if row[name] == row[name] else "" for name in ("deposit", "balance"))
    risk = share(row["after"]) if row["after"] == row["after"] else "-"
    yield f"{str(row['known_at'])[:16]:<16} {what[:21]:<21} {felt:>5} {balance:>7} {said} {risk:>6}"


def _silence(until: str, moved: list[float]) -> str:
    return f"{'':<16} {f'silence {until}':<35} {' '.join(f'{points(one):>6}' for one in moved)}"


def _sums(account: Account) -> Iterator[str]:
    rows = account.totals.to_dict("records")
    parts = [_part(row) for row in rows if row["part"] != "whole" and (row["part"] != "away" or row["points"])]
    whole = next(row["points"] for row in rows if row["part"] == "whole")
    yield from textwrap.wrap(f"In all {points(whole)} points: {', '.join(parts)}.", _WIDTH)


def _part(row: dict[Any, Any]) -> str:
    """Say what a part moved; of silence also by what it did."""
    said = f"{row['part']} {points(row['points'])}"
    if row["part"] != "silence":
        return said
    split = ", ".join(f"{part} {points(row[part + '_points'])}" for part in PARTS)
    return f"{said} ({split})"


def share(probability: float) -> str:
    """Write a probability."""
    return f"{100 * probability:.1f}%"


def points(moved: float) -> str:
    """Write points of probability with their sign, a dot for none, a dash for what is not known."""
    if moved != moved:
        return "-"
    return f"{moved:+.1f}" if abs(moved) >= 0.05 else "."
