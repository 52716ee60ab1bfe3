"""Money that no single column says: in two columns, as a price and a number, or without a sign for what went back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cxchurn._core import listed
from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema._sql import name, text
from cxchurn.interactions.schema.guessing._guess import Guess

# what went out of an account and what came in, in several languages
_AMOUNT = r"(amount|amt|value|betrag|montant|importe)?s?"
_OUT = rf"(debit|withdraw|withdrawal|paidout|moneyout|outflow|soll|belastung|cargo|debito){_AMOUNT}"
_IN = rf"(credit|deposit|paidin|moneyin|inflow|haben|gutschrift|abono|credito){_AMOUNT}"
_PRICE = r".*(price|einzelpreis|prixunitaire|preciounitario)(usd|eur|gbp)?"
_MANY = r".*(quantity|qty|menge|quantite|cantidad|quantidade)"


def money_said(found: Guess) -> Iterator[tuple[str, str]]:
    """Yield what the money of a row is made of where no column says it with its sign: a sentence, and a query that reads it.

    Parameters
    ----------
    found : Guess
    """
    if "value" in found.roles:
        value = name(found.roles["value"])
        for sentence, signed in without_sign(found):
            yield f"{sentence}:", f"SELECT * REPLACE ({signed} AS {value}) FROM {found.facts.from_}"
        return
    out, come, price, many = (_called(names, found.measures) for names in (_OUT, _IN, _PRICE, _MANY))
    if out and come:
        said = f"{out} and {come} are what went out and what came in. A query makes one amount of them:"
        # some banks write what went out as below 0
        yield said, _query(found, f"coalesce({_number(found, come)}, 0) - abs(coalesce({_number(found, out)}, 0))")
    elif price and many:
        said = f"no column says what a row cost. A query makes it of {price} and {many}:"
        yield said, _query(found, f"{_number(found, price)} * {_number(found, many)}")


def without_sign(found: Guess) -> Iterator[tuple[str, str]]:
    """Yield where money lacks the sign of what went back or out: a sentence, and the SQL that gives it one.

    Parameters
    ----------
    found : Guess
    """
    value = found.roles.get("value")
    for (column, number), words in found.facts.against.items():
        if number == value:
            says = f"{value} is never below 0, also where {column} says {listed(map(repr, words))}. Where that is money that"
            these, amount = ", ".join(map(text, words)), _number(found, number)
            signed = f"CASE WHEN {name(column)} IN ({these}) THEN -{amount} ELSE {amount} END"
            yield f"{says} went back or out, turn its sign in a query", signed


def _number(found: Guess, column: str) -> str:
    """SQL: a column's number, which a query sees as text where it is not written plainly."""
    styles = found.facts.columns[column].styles
    if not styles:
        return name(column)
    decimal = found.format.get("decimal", styles[0][0])
    figures = f"regexp_replace(CAST({name(column)} AS VARCHAR), '[^0-9{decimal}-]', '', 'g')"
    return f"CAST({figures if decimal == '.' else f'replace({figures}, {text(decimal)}, {text(chr(46))})'} AS DOUBLE)"


def _called(names: str, columns: Iterable[str]) -> str | None:
    """Return the only column that is called so."""
    fits = [column for column in columns if re.fullmatch(names, plain(column))]
    return fits[0] if len(fits) == 1 else None


def _query(found: Guess, amount: str) -> str:
    return f"SELECT *, {amount} AS value FROM {found.facts.from_}"
