"""Attributes that only make sense with hindsight: left out of what a model learns from, and said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from cxchurn._core import DataError, logger
from cxchurn.features._builder import Builder
from cxchurn.features.profile._attributes import Attributes
from cxchurn.history import times_ahead
from cxchurn.interactions import CustomerTable, InteractionLog

# as many rows may have a date that had not come: a first purchase entered before the signup is no proof of a leak
FEW_AHEAD = 0.01
# names are compared in words: "ChurnReason" and "churn_reason" are "churn reason"
_OUTCOME = re.compile(
    r"\b(churn\w*|attrit\w*|exited|cancel\w*|terminat\w*|deactivat\w*|unsubscrib\w*|lapsed|departed|defect(ed|ion)|deleted|lost"
    r"|retained|stayed|quit|closed|ended|enddate)\b"
    r"|(?<!contract )(?<!trial )(?<!term )(?<!period )\b(close|closing|end|exit|lapse|leave|left|leaving|loss) "
    r"(date|day|time|at|on|reason|code)\b|\bdate (left|of leaving)\b|\breason (left|for leaving)\b"
)
_LAST = (
    r"(activity|active|login|logged|log|seen|order\w*|purchase\w*|visit\w*|contact\w*|call\w*|transaction|interaction|event|payment"
    r"|invoice|session|click|open|use\w*|touch\w*|date)"
)
_WRITTEN_ON = re.compile(
    rf"\b(status|recency|tenure|ltv|clv|lifetime value|win ?back)\b|^(is )?(in)?active$|\b(last|latest|most recent) {_LAST}\b"
    r"|\b(days|weeks|months|time) since\b"
)
_said: WeakKeyDictionary[CustomerTable, set[str]] = WeakKeyDictionary()


def outcome_name(name: str) -> bool:
    """Whether a column is called like the outcome: churned, exited, cancel_reason, end_date and the like.

    Examples
    --------
    >>> outcome_name("ChurnReason"), outcome_name("plan")
    (True, False)
    """
    return _OUTCOME.search(_words(name)) is not None


def written_on_name(name: str) -> bool:
    """Whether a column is called like something that is written on until today: status, last_login, tenure and the like."""
    return _WRITTEN_ON.search(_words(name)) is not None


def _words(name: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return re.sub(r"[^a-z0-9]+", " ", apart).strip()


def ahead_share(customers: CustomerTable, who: np.ndarray, cutoffs: np.ndarray) -> dict[str, float]:
    """Return for each undated time the share of rows for which it lies at or after the cut-off."""
    return {name: float(times_ahead(customers, name, who, cutoffs).mean()) for name in customers.undated_times}


@dataclass(frozen=True)
class Screened:
    """Builders without the attributes that only make sense with hindsight.

    Parameters
    ----------
    builders : list of Builder
        Those that are left, with `Attributes` that ask for nothing of it.
    impossible : dict of str to str
        The attributes that nobody could have known, each with why.
    outcomes : dict of str to str
        Those left out for their names.
    notes : tuple of str
        What is to be said.
    """

    builders: list[Builder]
    impossible: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def roles(self, roles: set[str], *, asked: Iterable[str] = ()) -> set[str]:
        """Return the roles of a log without those of what is left out, but for what is asked for nevertheless.

        An error where a builder asks for an attribute that nobody could have known.
        """
        wrong = [self.impossible[name] for name in asked if name in self.impossible]
        if wrong:
            raise DataError(f"a builder asks for what nobody could have known: {wrong[0]}.")
        out = {*self.impossible, *self.outcomes} - set(asked)
        return roles - {f"customers.{name}" for name in out}


def screen(builders: list[Builder], log: InteractionLog, who: np.ndarray, cutoffs: np.ndarray) -> Screened:
    """Leave out of builders what the customers table can only say with hindsight, and warn of it once.

    An undated date that lies after the cut-off is no knowledge, and out; so is, unless it is asked for by its name, what is
    called like the outcome.

    Parameters
    ----------
    builders : list of Builder
    log : InteractionLog
    who, cutoffs : ndarray, shape (n,)
        The rows to learn from.
    """
    customers = log.customers
    if customers is None:
        return Screened(builders)
    shares = ahead_share(customers, who, cutoffs)
    impossible = {name: _impossible(name, share) for name, share in shares.items() if share > FEW_AHEAD}
    asked = {name for one in builders if isinstance(one, Attributes) for name in one.names}
    undated = [] if customers.dated else [name for name in customers.attributes if name not in customers.known_ahead]
    outcomes = {name: _outcome(name) for name in undated if outcome_name(name) and name not in {*asked, *impossible}}
    doubts = [
        _doubtful(name)
        for name in undated
        if name in asked - set(impossible) and (outcome_name(name) or written_on_name(name))
    ]
    notes = [_fixed(name, dated=customers.dated) for name in customers.known_ahead if name in asked]
    notes += [_seldom(name, share) for name, share in shares.items() if name in asked and 0 < share <= FEW_AHEAD]
    if not any(isinstance(one, Attributes) for one in builders):
        since = {builder.get_params().get("since") for builder in builders}
        lost = tuple(why for name, why in impossible.items() if name in since)
        _warn(customers, lost)
        return Screened(_without(builders, set(impossible)), impossible, outcomes, lost)
    warnings = [*impossible.values(), *outcomes.values(), *doubts]
    _warn(customers, warnings)
    return Screened(_without(builders, set(impossible)), impossible, outcomes, (*warnings, *notes))


def _without(builders: list[Builder], out: set[str]) -> list[Builder]:
    kept: list[Builder] = []
    for builder in (_unsince(one, out) for one in builders):
        if not isinstance(builder, Attributes) or not out & set(builder.names):
            kept.append(builder)
            continue
        names, dates = (tuple(name for name in some if name not in out) for some in (builder.names, builder.dates))
        if names:
            kept.append(Attributes(names, dates=dates))
    return kept


def _unsince(builder: Builder, out: set[str]) -> Builder:
    """Return a builder without the date since when one is a customer, where nobody could have known that date."""
    parameters = builder.get_params()
    return type(builder)(**parameters | {"since": None}) if parameters.get("since") in out else builder


def _impossible(name: str, share: float) -> str:
    return (
        f"{name} is left out: in the undated customers table it lies after the cut-off for {share:.1%} of the rows, which "
        f"nobody could have known then. Leave it out of the table, date the table (valid_from), or say "
        f'known_ahead = ["{name}"] under [customers] in the schema if it was fixed beforehand'
    )


def _outcome(name: str) -> str:
    return (
        f"{name} is left out: it is called like the outcome, and an undated attribute is taken as true at every cut-off. "
        f'Leave it out of the table, date the table (valid_from), or name it: Attributes(("{name}",))'
    )


def _doubtful(name: str) -> str:
    return (
        f"{name} may have been written after the cut-offs: an undated attribute is taken as true at every one of them. "
        "Leave it out, or date the table (valid_from); check_hindsight shows how much it tells"
    )


def _seldom(name: str, share: float) -> str:
    return f"{name} lies after the cut-off for {share:.1%} of the rows, where it is taken as missing"


def _fixed(name: str, *, dated: bool) -> str:
    overwritten = "" if dated else "; if renewals overwrite it, the table must be dated (valid_from)"
    return f"{name} is taken as fixed beforehand, as said in known_ahead{overwritten}"


def _warn(customers: CustomerTable, messages: Iterable[str]) -> None:
    said = _said.setdefault(customers, set())
    for message in messages:
        about = message.split(" ", 1)[0]
        if about not in said:
            said.add(about)
            logger.warning("%s.", message)
