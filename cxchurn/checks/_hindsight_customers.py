"""Attributes of customers that only make sense with hindsight."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from cxchurn.checks._suspicion import Suspicion, told_by
from cxchurn.features import FEW_AHEAD, ahead_share, outcome_name, written_on_name
from cxchurn.history import Seen, answered, attribute_labels_before
from cxchurn.panel import Panel

_LABELS = 50
_DATE = "leave it out, or date the table: one row a change, with valid_from"


def doubtful_attributes(panel: Panel, here: Panel) -> Iterator[Suspicion]:
    """Yield why attributes of the customers are to be doubted.

    Parameters
    ----------
    panel : Panel
        The rows looked at.
    here : Panel
        Those of customers still here.
    """
    customers = panel.log.customers
    if customers is None:
        return
    if not customers.dated:
        for name, share in ahead_share(customers, panel.frame["customer_id"].to_numpy(), panel.cutoffs).items():
            if share > FEW_AHEAD:
                advice = f'{_DATE}; or, if it was fixed beforehand, known_ahead = ["{name}"] under [customers]'
                evidence = f"at or after the cut-off for {share:.1%} of {len(panel):,} rows"
                yield Suspicion(name, "customers", "a time after the cut-off", evidence, advice)
    for name, what in customers.tells_end.items():
        evidence = (
            "it goes with the end of nearly every row" if what == "end" else "it marks the last row of nearly everybody"
        )
        yield Suspicion(name, "customers", "it tells what becomes of its row", evidence, "leave it out")
    for name in customers.attributes:
        yield from _told(here, name)
    if not customers.dated:
        yield from (one for name in customers.attributes for one in _named(name))


def _told(here: Panel, name: str) -> Iterator[Suspicion]:
    assert here.log.customers is not None
    labels = None
    if here.log.customers.attributes[name] == "text":
        labels = attribute_labels_before(here.log, name, np.datetime64("9999-01-01", "us"), most=_LABELS)
    known = {f"customers.{name}": labels or ()}
    who = here.frame["customer_id"].to_numpy()
    values = answered(here.log, who, here.cutoffs, partial(_value, name=name), known=known)
    yield from told_by(name, "customers", values, here.y, labels, _DATE)


def _value(seen: Seen, *, name: str) -> np.ndarray:
    return seen.attribute(name)


def _named(name: str) -> Iterator[Suspicion]:
    if outcome_name(name):
        yield Suspicion(name, "customers", "the name of an outcome", "taken as true at every cut-off", _DATE)
    elif written_on_name(name):
        why = "the name of something that is written on"
        yield Suspicion(name, "customers", why, "taken as true at every cut-off", _DATE)
