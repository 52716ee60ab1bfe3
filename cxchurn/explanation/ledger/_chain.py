"""The chain of instants through a span of a customer's time: just before and just after each interaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.ledger._parts import PARTS
from cxchurn.explanation.ledger._states import States, states
from cxchurn.explanation.ledger._told import telling, told
from cxchurn.explanation.reasons._probability import path_factor
from cxchurn.features import Valence
from cxchurn.history import happenings
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, probability_of_raw

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_COLUMNS = ("timestamp", "kind", "touchpoint", "case_id", "direction", "agent_id", "later")
# features see what was known before a cut-off: just after an instant is one microsecond later
_TICK = np.timedelta64(1, "us")


class Steps(NamedTuple):
    """Changes of risk between pairs of instants; missing where one of the two is not asked about.

    Attributes
    ----------
    change : ndarray, shape (n,)
        In log-odds.
    parts : ndarray, shape (n, 3)
        The change by part, in log-odds.
    factor : ndarray, shape (n,)
        Points of probability for each unit of log-odds, on the straight way between the two.
    """

    change: np.ndarray
    parts: np.ndarray
    factor: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """The change by part, in points of probability; float64, shape ``(n, 3)``."""
        return self.parts * self.factor[:, None]


class Chain:
    """What the model says of customers at every instant that counts between two; made by `chain`.

    For each customer: the opening, two instants for every moment (just before and just after it), the closing. Interactions
    that became known at the same instant are one moment.

    Attributes
    ----------
    customers : ndarray, shape (customers,)
    events : DataFrame
        The interactions, see `happenings`, with ``valence``, ``ended`` (the same without what is taken for a kind), ``told``
        (whether anything says what it was like) and ``moment`` (which one it belongs to).
    owner : ndarray, shape (moments,)
        Whose moment it is.
    cutoffs : ndarray of datetime64[us], shape (instants,)
    whose : ndarray, shape (instants,)
    opening, closing : ndarray, shape (customers,)
        Which instants these are.
    before : ndarray, shape (moments,)
        The instant just before each moment; the next one is just after it.
    states : States
        At the instants.
    """

    def __init__(self, customers: np.ndarray, events: pd.DataFrame, since: np.ndarray, until: np.ndarray) -> None:
        row, place = events["row"].to_numpy(), events["known_at"].to_numpy()
        new = np.ones(len(events), dtype=bool)
        new[1:] = (row[1:] != row[:-1]) | (place[1:] != place[:-1])
        self.customers, self.owner, moments = customers, row[new], place[new]
        self.events = events.assign(moment=np.cumsum(new) - 1)
        many = np.bincount(self.owner, minlength=customers.size)
        self.opening = np.cumsum(2 * many + 2) - (2 * many + 2)
        self.closing = self.opening + 2 * many + 1
        # two instants a moment, and two more for each customer before: the opening of this one, and what the others have
        self.before = 2 * np.arange(moments.size) + 2 * self.owner + 1
        self.whose = np.repeat(np.arange(customers.size), 2 * many + 2)
        self.cutoffs = np.empty(self.whose.size, dtype="datetime64[us]")
        self.cutoffs[self.opening], self.cutoffs[self.closing] = since, until
        # just before is the instant itself: what happens at a cut-off is its future
        self.cutoffs[self.before], self.cutoffs[self.before + 1] = moments, moments + _TICK
        self.states: States

    @property
    def probability(self) -> np.ndarray:
        """The probability to churn at each instant, missing where a customer is not asked about."""
        return probability_of_raw(self.states.raw)

    def steps(self, start: np.ndarray, stop: np.ndarray) -> Steps:
        """Return what changed between pairs of instants."""
        raw, parts = self.states.raw, self.states.parts
        change = raw[stop] - raw[start]
        return Steps(change, parts[stop] - parts[start], 100.0 * path_factor(change, raw[start]))

    @property
    def away(self) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of instants between which a customer was not asked about: the last before, the first after."""
        asked = np.flatnonzero(self.states.asked)
        start, stop = asked[:-1], asked[1:]
        gap = (self.whose[start] == self.whose[stop]) & (stop > start + 1)
        return start[gap], stop[gap]

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The first and the last instant at which each customer who ever is was asked about."""
        asked = np.flatnonzero(self.states.asked)
        who = self.whose[asked]
        new = np.ones(asked.size, dtype=bool)
        new[1:] = who[1:] != who[:-1]
        return asked[new], asked[np.append(new[1:], True)[: asked.size]]


def chain(
    model: ChurnModel, log: InteractionLog, customers: np.ndarray, since: np.ndarray, until: np.datetime64
) -> Chain:
    """Follow customers from interaction to interaction.

    Parameters
    ----------
    model : ChurnModel
    log : InteractionLog
    customers : ndarray, shape (n,)
        As the log has them, each once.
    since : ndarray of datetime64[us], shape (n,)
        Where each customer's span begins.
    until : datetime64[us]
        Where all end: what became known at it is not seen any more.
    """
    end = np.full(customers.size, until)
    felt = felt_by(model)
    measures = {"valence": felt, "ended": replace(felt, kinds=())}
    like = telling(log)
    found = happenings(log, customers, since, end, columns=(*_COLUMNS, *like), measures=measures)
    found["told"] = told(found, like)
    made = Chain(customers, found.drop(columns=list(like)), since, end)
    made.states = states(model, log, customers[made.whose], made.cutoffs)
    return made


def felt_by(model: ChurnModel) -> Valence:
    """Return how an interaction's feeling is read: as the model's account does, where it has one."""
    own = (getattr(builder, "valence", None) for builder in model.features_.builders_ if builder.driver == "balance")
    return next((one for one in own if isinstance(one, Valence)), Valence())


def rows_of(made: Chain) -> pd.DataFrame:
    """Return the interactions with what each did to the risk; several of one moment share its change equally.

    Returns
    -------
    DataFrame
        For columns see `Account`.
    """
    events, moment = made.events, made.events["moment"].to_numpy()
    together = np.bincount(moment, minlength=made.before.size)[moment]
    before = made.before[moment]
    first = np.append(True, moment[1:] != moment[:-1])[: moment.size]
    table = pd.DataFrame({"customer_id": made.customers[events["row"].to_numpy()]})
    table = table.join(events[["number", "known_at", *_COLUMNS]])
    table["later"] = events["later"].to_numpy() == 1
    table["together"], table["valence"], table["told"] = together, events["valence"], events["told"]
    for name, at in (("before", before), ("after", before + 1)):
        table[name] = made.probability[at]
    why = made.states.why_not
    table["not_asked"] = np.where(why[before] == "", why[before + 1], why[before])
    table = table.assign(**_shared(made.steps(made.before, made.before + 1), moment, together))
    still = made.steps(made.before - 1, made.before)
    table["silence"] = np.where(first, still.change[moment], 0.0)
    table["silence_points"] = np.where(first, (still.change * still.factor)[moment], 0.0)
    for k, name in enumerate(PARTS):
        table[f"silence_{name}"] = np.where(first, still.parts[moment, k], 0.0)
        table[f"silence_{name}_points"] = np.where(first, still.points[moment, k], 0.0)
    return table


def _shared(steps: Steps, moment: np.ndarray, together: np.ndarray) -> dict[str, np.ndarray]:
    found = {"change": steps.change[moment] / together}
    found |= {name: steps.parts[moment, k] / together for k, name in enumerate(PARTS)}
    factor = steps.factor[moment]
    points = {f"{name}_points": values * factor for name, values in found.items() if name != "change"}
    return {**found, "points": found["change"] * factor, **points}


def totals(made: Chain, table: pd.DataFrame) -> pd.DataFrame:
    """Return what the risk changed by in all, in parts that add up to it.

    Returns
    -------
    DataFrame
        One row a part: ``part`` (presence, experience and other, of the interactions; silence, the time between them; away,
        while not asked about; whole, from the first to the last instant asked about), ``log_odds`` and ``points``, summed
        over customers; ``presence_points``, ``experience_points``, ``other_points``: what of the points each theme moved,
        of silence what passed into being away longer and what into a matter that stayed open.
    """
    last = made.steps(made.closing - 1, made.closing)
    away, whole = made.steps(*made.away), made.steps(*made.ends)
    points = [_sum(table[f"{name}_points"]) for name in PARTS]
    found = [
        (name, _sum(table[name]), moved, *_only(k, moved))
        for k, (name, moved) in enumerate(zip(PARTS, points, strict=True))
    ]
    still = np.array([_sum(table[f"silence_{name}_points"]) for name in PARTS]) + np.nansum(last.points, axis=0)
    silence = (
        _sum(table["silence"]) + _sum(last.change),
        _sum(table["silence_points"]) + _sum(last.change * last.factor),
    )
    found.append(("silence", *silence, *still))
    split = np.nansum(away.points, axis=0)
    found.append(("away", _sum(away.change), _sum(away.change * away.factor), *split))
    # of the whole way the parts are the sums of those along it
    found.append(("whole", _sum(whole.change), _sum(whole.change * whole.factor), *(points + still + split)))
    return pd.DataFrame(found, columns=["part", "log_odds", "points", *(f"{name}_points" for name in PARTS)])


def _only(place: int, moved: float) -> list[float]:
    return [moved if k == place else 0.0 for k in range(len(PARTS))]


def _sum(values: Any) -> float:
    return float(np.nansum(values))
