"""An account: its numbers, and a statement in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, html_result, html_said, html_table, iso, on_clock, span
from cxchurn.explanation.ledger._contact import on_a_line
from cxchurn.explanation.ledger._parts import PARTS
from cxchurn.explanation.ledger._plain import plain_rows
from cxchurn.explanation.ledger._points import in_sentence, part_said, points, share
from cxchurn.words import Language, Printed, Together, english, said, value_words, written

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

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


@dataclass(frozen=True, eq=False, repr=False)
class Account(Printed):
    """Every interaction of one customer, what it put into the account or took out, and what it did to the risk.

    Made by `account`. What an interaction did is the model's probability just after it beside the one just before it, with what
    was known then; what lies between two interactions is silence. A matter left open raises the risk while it goes on
    unanswered: that is the experience in the silence after it. `what_if` differs, rightly: it asks as of the end, with
    everything that followed. All this is association: how the model's answer moves with what it sees.

    Attributes
    ----------
    customer_id : str or int
    since, at : datetime64[us]
        The statement is of what became known in ``[since, at)``.
    table : DataFrame
        One row an interaction, in the order in which it became known:

        ``customer_id``; ``number`` (1 for the customer's first of all); ``known_at`` (when it moved the risk), ``timestamp``
        (when it happened), ``kind``, ``touchpoint``, ``case_id``, ``direction``, ``agent_id``; ``later`` (the row only says
        what became known of an earlier one); ``together`` (how many became known at that instant: these share its change
        equally); ``valence`` (how it felt, -1 to 1); ``told`` (whether anything on record says what it was like);
        ``deposit`` (the valence; a withdrawal is below 0 and counted by the account's weight);
        ``balance`` (on the account just after it); ``before``, ``after`` (probability just before and just after it);
        ``not_asked`` (why one of these is missing, "" where none is); ``change`` (log-odds), which is ``presence`` plus
        ``experience`` plus ``other``; ``points`` (of probability), which is ``presence_points`` plus ``experience_points`` plus
        ``other_points``; ``silence`` and ``silence_points``: the change since just after the interaction before, in the first
        row of an instant, which is ``silence_presence`` plus ``silence_experience`` plus ``silence_other`` (each with its
        ``..._points``).
    totals : DataFrame
        ``part``, ``log_odds``, ``points``: presence, experience, other, silence (the time after the last interaction too), away
        (while the customer was not asked about), and the whole, which is their sum.
    opening, closing : float
        The probability as of `since` and as of `at`; NaN where the customer is not asked about.
    closing_silence : float
        Points that the time since the last interaction added.
    closing_parts : dict of str to float
        What of them is presence, experience, other.
    half_life : str
        The time in which what is on the account fades by half, such as ``"30D"``: the shortest of the model's `Balance`.
    weight : float
        How much more a withdrawal counts than a deposit.
    model_version : str
    not_asked : str
        Why the customer is not asked about as of `at`, "" where they are.
    language : Language
        What it is printed in: that of the model.
    """

    customer_id: Any
    since: np.datetime64
    at: np.datetime64
    table: pd.DataFrame
    totals: pd.DataFrame
    opening: float
    closing: float
    closing_silence: float
    closing_parts: dict[str, float]
    half_life: str
    weight: float
    model_version: str
    not_asked: str = field(default="")
    language: Language = field(default_factory=english)
    timezone: str = "UTC"

    def __len__(self) -> int:
        return len(self.table)

    def _text(self) -> str:
        return words(self)

    def _html(self) -> str:
        return page(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as plain data, for JSON; what is missing is None."""
        ends = plain_rows(pd.DataFrame({"opening": [self.opening], "closing": [self.closing]}))[0]
        rows, totals = plain_rows(self.table.drop(columns="customer_id")), plain_rows(self.totals)
        return {"since": iso(self.since), "at": iso(self.at), **ends, "interactions": rows, "totals": totals}


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
    yield from textwrap.wrap(said("account", "head", **about, risk=_now(account)), _WIDTH)
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
        yield on_a_line(f"{known} {what}", _WIDTH)
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
    yield from textwrap.wrap(said("account", "in_all", points=in_sentence(whole), parts=Together(parts)), _WIDTH)


def _part(row: dict[Any, Any]) -> str:
    """Say what a part moved; of silence also by what it did."""
    moved = part_said(row["part"], row["points"])
    if row["part"] != "silence":
        return moved
    split = Together(part_said(part, row[f"{part}_points"]) for part in PARTS)
    return said("parts", "of_which", part=moved, parts=split)


def _felt(value: float) -> str:
    return written(value, "+.1f") if value == value else ""


def _risk(value: float) -> str:
    return share(value) if value == value else "-"
