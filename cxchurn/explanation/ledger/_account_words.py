"""An account as a statement, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import html_result, html_said, html_table, iso, on_clock, span
from cxchurn.explanation.ledger._parts import PARTS
from cxchurn.words import Together, said, value_words, written

if TYPE_CHECKING:
    from cxchurn.explanation.ledger._account import Account

_WIDTH = 80
_MOST = 30
# the columns of the statement: their words, how wide each is at least, and on which side its texts stand
_COLUMNS = (
    ("known", "<16"), ("what", "<21"), ("felt", ">5"), ("account", ">7"), ("short_presence", ">6"),
    ("short_experience", ">6"), ("short_other", ">6"), ("risk_column", ">6"),
)  # fmt: skip
_PAGE = (
    *("known", "what", "felt", "account", "part_presence", "part_experience", "part_other"),
    *("silence_before", "of_it_experience", "risk_after"),
)


def words(account: Account) -> str:
    """Return the statement: its head, the last thirty interactions, and what adds up."""
    left = max(0, len(account) - _MOST)
    line = _line([said("account", name) for name, _ in _COLUMNS])
    lines = [*_head(account), "", line]
    lines += [said("account", "earlier", n=left)] if left else []
    for row in account.table.iloc[left:].to_dict("records"):
        lines += _lines(row, account)
    until = said("account", "silence_until", until=_shown(account.at, account))
    lines += [_silence(until, [account.closing_parts[part] for part in PARTS])]
    return "\n".join([*lines, "", *_sums(account), *textwrap.wrap(said("account", "note"), _WIDTH)])


def page(account: Account) -> str:
    """Return the statement for a notebook: the last thirty interactions, and what adds up."""
    left = max(0, len(account) - _MOST)
    head = [
        said("parts", name.removeprefix("part_")) if name.startswith("part_") else said("account", name)
        for name in _PAGE
    ]
    table = html_table(head, (_cells(row, account) for row in account.table.iloc[left:].to_dict("records")))
    earlier = [said("account", "earlier_said", n=left)] if left else []
    about = said(
        "account", "about", customer=str(account.customer_id), at=_shown(account.at, account), risk=_now(account)
    )
    sums = html_said([" ".join(_sums(account)), said("account", "note")])
    return html_result("Account", about, html_said(earlier), table, sums)


def _cells(row: dict[Any, Any], account: Account) -> list[str]:
    what = " ".join(str(one) for one in (row["kind"], row["touchpoint"]) if one is not None and one == one)
    felt = [_felt(row[name]) for name in ("deposit", "balance")]
    moved = [points(row[f"{name}_points"]) for name in (*PARTS, "silence", "silence_experience")]
    return [_shown(row["known_at"], account), what, *felt, *moved, _risk(row["after"])]


def _now(account: Account) -> str:
    if account.not_asked:
        return said("explain", "not_asked", why=value_words("not_asked", account.not_asked))
    return said("account", "risk", probability=account.closing)


def _head(account: Account) -> Iterator[str]:
    about = {"customer": str(account.customer_id), "at": _shown(account.at, account)}
    yield said("account", "head", **about, risk=_now(account))
    since = _shown(account.since, account)
    opened = "since" if np.isnan(account.opening) else "since_risk"
    yield f"  {said('account', opened, since=since, probability=account.opening)}"
    fades = span(account.half_life)
    yield f"  {said('account', 'weighs', weight=account.weight, half_life=fades)}"


def _shown(at: Any, account: Account) -> str:
    """Write an instant as people read it who look at their own clock."""
    return iso(on_clock(at, account.timezone))[:16].replace("T", " ")


def _lines(row: dict[Any, Any], account: Account) -> Iterator[str]:
    still = [row[f"silence_{part}_points"] for part in PARTS]
    if any(abs(one) >= 0.05 for one in still):
        yield _silence(said("account", "silence"), still)
    what = " ".join(str(one) for one in (row["kind"], row["touchpoint"]) if one is not None and one == one)
    what += f" {said('account', 'at_once', n=row['together'])}" if row["together"] > 1 else ""
    moved = [points(row[f"{part}_points"]) for part in PARTS]
    felt = [_felt(row[name]) for name in ("deposit", "balance")]
    known, numbers = _shown(row["known_at"], account), [*felt, *moved, _risk(row["after"])]
    if len(what) > _width(1):
        # a name that is too long for its column stands on a line of its own
        yield textwrap.shorten(f"{known} {what}", _WIDTH, placeholder="…")
        known = what = ""
    yield _line([known, what, *numbers])


def _line(cells: list[str]) -> str:
    """Put cells under each other: texts to the left and cut, numbers to the right; a column is as wide as its title."""
    shown = []
    for place, cell in enumerate(cells):
        width = _width(place)
        shown.append(f"{cell[:width]:{_COLUMNS[place][1][0]}{width}}")
    return " ".join(shown)


def _width(place: int) -> int:
    name, form = _COLUMNS[place]
    return max(int(form[1:]), len(said("account", name)))


def _silence(what: str, moved: list[float]) -> str:
    widths = [_width(place) for place in range(len(_COLUMNS))]
    room = sum(widths[1:4]) + 2
    numbers = " ".join(f"{points(one):>{width}}" for one, width in zip(moved, widths[4:7], strict=True))
    return f"{'':<{widths[0]}} {what:<{room}} {numbers}"


def _sums(account: Account) -> Iterator[str]:
    rows = account.totals.to_dict("records")
    parts = [_part(row) for row in rows if row["part"] != "whole" and (row["part"] != "away" or row["points"])]
    whole = next(row["points"] for row in rows if row["part"] == "whole")
    yield from textwrap.wrap(said("account", "in_all", points=points(whole), parts=Together(parts)), _WIDTH)


def _part(row: dict[Any, Any]) -> str:
    """Say what a part moved; of silence also by what it did."""
    moved = part_said(row["part"], row["points"])
    if row["part"] != "silence":
        return moved
    split = Together(part_said(part, row[f"{part}_points"]) for part in PARTS)
    return said("parts", "of_which", part=moved, parts=split)


def part_said(part: str, moved: float) -> str:
    """Say what a part moved: ``experience +1.4``."""
    return said("parts", "moved", part=said("parts", part), points=points(moved))


def share(probability: float) -> str:
    """Write a probability."""
    return written(probability, ".1%")


def points(moved: float) -> str:
    """Write points of probability with their sign, a dot for none, a dash for what is not known."""
    if moved != moved:
        return "-"
    return written(moved, "+.1f") if abs(moved) >= 0.05 else "."


def _felt(value: float) -> str:
    return written(value, "+.1f") if value == value else ""


def _risk(value: float) -> str:
    return share(value) if value == value else "-"
