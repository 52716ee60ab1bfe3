"""What `cxchurn explain` does: read, call, say."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import cxchurn as cx
from cxchurn.cli._language import in_language, spoken_by
from cxchurn.cli._log_part import log_part, read_log
from cxchurn.cli._own import own_classes
from cxchurn.cli._say import say


class Wanted(NamedTuple):
    """What is asked about one customer."""

    customer: str
    at: str | None
    reasons: int
    account: bool
    since: str | None
    language: str | None = None


def explain(
    model: str, log: dict[str, Any], wanted: Wanted, trust: list[str], references: str | None, *, as_json: bool
) -> None:
    """Print why a customer's risk is what it is."""
    with spoken_by(wanted.language):
        loaded = in_language(cx.load_model(model, trust=own_classes(trust)), wanted.language)
        tables = None if references is None else cx.read_references(references)
        read = read_log(log_part(log), like=loaded)
        about: dict[str, Any] = {"at": wanted.at, "references": tables}
        found = cx.explain_customer(loaded, read, wanted.customer, reasons=wanted.reasons, **about)
        account = None
        if wanted.account:
            account = cx.account(loaded, read, wanted.customer, since=wanted.since, **about)
    if as_json:
        plain = found.to_dict() | ({} if account is None else {"account": account.to_dict()})
        say(json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False))
        return
    say(repr(found))
    if account is not None:
        say(f"\n{account!r}")
