"""Kinds of interactions that are what the company does, by what they are called."""

from __future__ import annotations

import re

_COMPANYS = frozenset({"campaign", "mail", "mailing", "newsletter", "push", "invoice", "delivery"})
# what went out to somebody, unless these are what customers themselves send
_WENT_OUT = frozenset({"sent", "delivered", "bounce", "bounced", "dispatched"})
_CUSTOMERS_SEND = frozenset({"message", "request", "money", "payment", "transfer", "gift", "chat", "invitation"})
# whoever does these does them alone, though many do at once after a mailing
_LOOKED = frozenset({"open", "opened", "click", "clicked", "clickthrough", "read", "view", "viewed", "unsubscribe"})


def looks_outbound(kind: str) -> bool | None:
    """Whether a kind looks like what the company does, by its name; None where the name does not tell.

    Examples
    --------
    >>> looks_outbound("sent_weekly_digest"), looks_outbound("email_open"), looks_outbound("call")
    (True, False, None)
    """
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", kind)
    words = {word.removesuffix("s") for word in re.split(r"[^a-z]+", apart.lower())}
    if words & _LOOKED:
        return False
    return True if words & _COMPANYS or (words & _WENT_OUT and not words & _CUSTOMERS_SEND) else None
