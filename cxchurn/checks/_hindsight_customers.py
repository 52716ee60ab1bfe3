"""Attributes of customers that only make sense with hindsight."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from cxchurn._core import DAY
from cxchurn.checks._suspicion import Suspicion, too_telling
from cxchurn.features import FEW_AHEAD, ahead_share, outcome_name, written_on_name
from cxchurn.history import Seen, ask_as_of, attribute_labels_before
from cxchurn.model import without_leavers
from cxchurn.panel import Panel

# as many as features code of a column; rarer ones are too few to suspect
_LABELS = 50
# with more cut-offs than these every customer has their own
_CALENDAR = 400
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
        yield from _suspicions_of(here, name)
    if not customers.dated:
        yield from (one for name in customers.attributes for one in _named(name))


def _suspicions_of(here: Panel, name: str) -> Iterator[Suspicion]:
    customers = here.log.customers
    assert customers is not None
    labels, churned = None, here.y
    if customers.attributes[name] == "text":
        labels = attribute_labels_before(here.log, name, np.datetime64("9999-01-01", "us"), most=_LABELS)
    known = {f"customers.{name}": labels or ()}
    everybody = here
    if not customers.dated:
        # what stands there now is set beside what became of each customer in the end
        here = here.take(_last_rows(here))
        churned = _gone(here)
    who = here.frame["customer_id"].to_numpy()
    values = ask_as_of(here.log, who, here.cutoffs, partial(_value, name=name), known=known)
    if customers.attributes[name] == "time" and not customers.dated:
        # the date itself: how long ago it was tells the cut-off too
        values = values - here.cutoffs.astype(np.int64) / DAY
    yield from too_telling(name, "customers", values, churned, labels, _DATE)
    if not customers.dated:
        yield from _without_leavers(everybody, here, name, values, labels)


def _without_leavers(
    here: Panel, last: Panel, name: str, values: np.ndarray, labels: tuple[str, ...] | None
) -> Iterator[Suspicion]:
    leavers = set(here.frame.loc[here.y == 1, "customer_id"])
    customers = last.frame["customer_id"]
    found = without_leavers(values, customers.isin(leavers).to_numpy(), customers.to_numpy(), labels=labels)
    if found is not None:
        value, count, expected = found
        evidence = f"none of {count:,} customers with {value!r} left, where {expected:.0f} would if they were like all"
        yield Suspicion(name, "customers", "a value that nobody who left has", evidence, _DATE)


def _last_rows(panel: Panel) -> np.ndarray:
    order = np.argsort(panel.cutoffs, kind="stable")
    return np.sort(order[~panel.frame["customer_id"].iloc[order].duplicated(keep="last").to_numpy()])


def _gone(last: Panel) -> np.ndarray:
    """Who churned after their last row, or had gone before the last cut-off; int8, shape ``(n,)``."""
    end = last.cutoffs.max() if len(last) else 0
    own = len(np.unique(last.cutoffs)) > _CALENDAR
    return last.y if own else np.maximum(last.y, (last.cutoffs < end).astype(np.int8))


def _value(seen: Seen, *, name: str) -> np.ndarray:
    return seen.attribute(name)


def _named(name: str) -> Iterator[Suspicion]:
    if outcome_name(name):
        yield Suspicion(name, "customers", "the name of an outcome", "taken as true at every cut-off", _DATE)
    elif written_on_name(name):
        why = "the name of something that is written on"
        yield Suspicion(name, "customers", why, "taken as true at every cut-off", _DATE)
