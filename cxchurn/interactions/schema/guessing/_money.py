"""Money that no single column says: in two columns, as a price and a number, or without a sign for what went back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cxchurn._core import listed
from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema.guessing._guess import Guess

# what went out of an account and what came in, in several languages
_AMOUNT = r"(amount|amt|value|betrag|montant|importe)?s?"
_OUT = rf"(debit|withdraw|withdrawal|paidout|moneyout|outflow|soll|belastung|cargo|debito){_AMOUNT}"
_IN = rf"(credit|deposit|paidin|moneyin|inflow|haben|gutschrift|abono|credito){_AMOUNT}"
_PRICE = r".*(price|einzelpreis|prixunitaire|preciounitario)(usd|eur|gbp)?"
_MANY = r".*(quantity|qty|menge|quantite|cantidad|quantidade)"
_BACK = re.compile(r".*(debit|withdraw|refund|return|chargeback|lastschrift|auszahlung|erstattung).*", re.IGNORECASE)


def money_said(found: Guess) -> Iterator[tuple[str, str]]:
    """Yield what the money of a row is made of where no column says it with its sign: a sentence, and a query that reads it.

    Parameters
    ----------
    found : Guess
    """
    if "value" in found.roles:
        yield from _without_sign(found, found.roles["value"])
        return
    out, come, price, many = (_called(names, found.measures) for names in (_OUT, _IN, _PRICE, _MANY))
    if out and come:
        said = f"{out} and {come} are what went out and what came in. A query makes one amount of them:"
        yield said, _query(found, f"coalesce({_name(come)}, 0) - coalesce({_name(out)}, 0)")
    elif price and many:
        said = f"no column says what a row cost. A query makes it of {price} and {many}:"
        yield said, _query(found, f"{_name(price)} * {_name(many)}")


def _without_sign(found: Guess, value: str) -> Iterator[tuple[str, str]]:
    kind = found.roles.get("kind")
    if kind is None or found.facts.columns[value].signed:
        return
    back = [one for one in sorted(found.facts.columns[kind].labels) if _BACK.fullmatch(one)]
    if back:
        said = f"no {value} is below 0, not even of {listed(map(repr, back))}: what goes back is to be negative, by a query:"
        words = ", ".join("'" + one.replace("'", "''") + "'" for one in back)
        sign = f"CASE WHEN {_name(kind)} IN ({words}) THEN -{_name(value)} ELSE {_name(value)} END"
        yield said, f"SELECT * REPLACE ({sign} AS {_name(value)}) FROM '{found.facts.label}'"


def _called(names: str, columns: Iterable[str]) -> str | None:
    """Return the only column that is called so."""
    fits = [column for column in columns if re.fullmatch(names, plain(column))]
    return fits[0] if len(fits) == 1 else None


def _query(found: Guess, amount: str) -> str:
    return f"SELECT *, {amount} AS value FROM '{found.facts.label}'"


def _name(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z_]\w*", column) else '"' + column.replace('"', '""') + '"'
