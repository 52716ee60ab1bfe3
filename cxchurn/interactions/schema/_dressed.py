"""Numbers with something around their figures: a sign, brackets, a currency, a percent sign, in whatever order."""

from __future__ import annotations

import re
from typing import NamedTuple

from cxchurn.interactions.schema._currency_signs import CURRENCY

# what stands for a blank or an apostrophe between thousands, in texts of all kinds of programs
BLANK, TICK = "[ \u00a0\u2009\u202f]", "['\u2019]"
SIGN = "[+\u2212-]"
# figures with whatever may stand between them, a dash that stands for no cents (5,-), and a number's sign, brackets, currency
# and percent around them
_BODY = "[0-9][0-9.,'\u2019 \u00a0\u2009\u202f]*[0-9]|[0-9]|[.,][0-9]+"
_NO_CENTS = "[.,](?:[-\u2013\u2014]{1,2})?"
DRESSED = (
    rf"(\()?{BLANK}*({SIGN})?{BLANK}*({CURRENCY})?{BLANK}*({SIGN})?{BLANK}*({_BODY})({_NO_CENTS})?{BLANK}*({CURRENCY}|%)?"
    rf"{BLANK}*({SIGN})?{BLANK}*(\))?"
)
PARTS = ("open", "sign", "before", "inner", "body", "cents", "behind", "last", "close")
_DRESSED = re.compile(DRESSED)


class Undressed(NamedTuple):
    """What a number says: its figures, whether it is below 0, and whether a percent sign stands behind it."""

    body: str
    below: bool
    percent: bool


def undressed(given: str) -> Undressed | None:
    """Return what a number with something around it says; None for a text that is none, or has two signs or currencies.

    Parameters
    ----------
    given : str
        The text, without blanks around it.

    Examples
    --------
    >>> undressed("($1,234.50)"), undressed("12,50- EUR")
    (Undressed(body='1,234.50', below=True, percent=False), None)
    """
    found = _DRESSED.fullmatch(given)
    if found is None:
        return None
    part = dict(zip(PARTS, (one or "" for one in found.groups()), strict=True))
    signs = [part[name] for name in ("open", "sign", "inner", "last") if part[name]]
    plainly = bool(part["open"]) == bool(part["close"]) and len(signs) <= 1 and part["last"] != "+"
    if not plainly or (part["before"] and part["behind"]):
        return None
    return Undressed(part["body"] + part["cents"][:1], bool(signs) and signs[0] != "+", part["behind"] == "%")
