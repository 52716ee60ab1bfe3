"""The simulator: customers whose experiences really drive whether they leave, with the truth attached."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxchurn._core import DAY as MICROSECONDS_A_DAY
from cxchurn._core import DataError, UsageError, did_you_mean, instant, instants, iso, listed, span
from cxchurn.datasets._rows import customer_ids, customers_frame, interactions_frame
from cxchurn.datasets._truth import at_cutoffs, drawn_probability, mornings, quiet_probability
from cxchurn.datasets.world._calendar import LONGEST_HORIZON, Calendar, make_calendar
from cxchurn.datasets.world._diary import KINDS, Diary
from cxchurn.datasets.world._effects import BASELINE, DRIVERS, FURTHER, drivers_of, effects_table
from cxchurn.datasets.world._hazard import contributions
from cxchurn.datasets.world._people import People, draw_people
from cxchurn.datasets.world._state import State

_SHORTEST = 90
CUSTOMER_KINDS = tuple(
    kind
    for kind in KINDS
    if kind not in ("answer", "campaign", "delivery", "membership", "peer_left", "refund", "resolved")
)


@dataclass(frozen=True, eq=False)
class Simulation:
    """A simulated company: what its log and its customers table show, and the truth behind them.

    Parameters
    ----------
    interactions : DataFrame
        One row per interaction, in order of time, under the names of the schema's roles; besides them the measures
        ``items`` and ``discount`` and the category ``product_group``. Customer-made rows have the direction inbound.
        Every row that happened before the end is there, also where it became known a little after it.
    customers : DataFrame
        customer_id, valid_from, plan, region, signup, acquired, household; one row for each customer and plan.
    effects : DataFrame
        The true drivers of leaving: driver, coefficient, half_life_days (missing for what does not fade), says. A driver
        is its coefficient times its value; what fades adds up to a sum ``x`` whose value ``2 tanh(x / 2)`` levels off.
    start, end : datetime64[us]
        The period; the end is not part of it.
    random_state : int
        The seed it came from.
    """

    interactions: pd.DataFrame
    customers: pd.DataFrame
    effects: pd.DataFrame
    start: np.datetime64
    end: np.datetime64
    random_state: int
    _people: People = field(repr=False)
    _calendar: Calendar = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"Simulation(customers={len(self._people)}, start={iso(self.start)!r}, end={iso(self.end)!r}, "
            f"random_state={self.random_state}): {len(self.interactions)} interactions"
        )

    def true_probability(
        self, pairs: pd.DataFrame, *, horizon: str = "60D", kinds: Collection[str] | None = None, paths: int = 100
    ) -> np.ndarray:
        """Return the true probability that a customer does nothing within the horizon after her cut-off.

        This is what ``Inactivity`` predicts where silence alone is churn (``kinds=`` all but a cancellation,
        ``ended_by=()``), known as only the simulator can know it: given the whole hidden state at the cut-off
        (goodwill, usual rate, personality, open matters, orders under way) and nothing that is drawn later. Where a
        cancellation ends a customer, somebody who does something and then cancels within the horizon has churned too,
        which is a little more. For a customer who is still there it is her risk: that she leaves before she does
        anything, or stays and yet does nothing. For one who has already left, silently or not, it is 1 unless a return
        is under way. Since customers fade before they go, few of those active lately have already left, and the rest of
        the churned are told apart by their risk; so the accuracy of these probabilities is the ceiling for any model.

        Parameters
        ----------
        pairs : DataFrame
            customer_id and cutoff, any number of rows; cut-offs at midnight, after the customer joined.
        horizon : str
            Whole days, at most ``"120D"``.
        kinds : collection of str, optional
            Which customer-made interactions count as doing something. None: all but a cancellation, and the probability
            is exact. Otherwise it is the share of drawn futures without one of
            these kinds (one minus that of ``["cancel"]`` is the true probability of a cancellation).
        paths : int
            Futures drawn for each pair; only used with `kinds`.

        Returns
        -------
        ndarray of shape (n,)
            Probabilities in the order of `pairs`.
        """
        days = _whole_days(horizon)
        if kinds is None:
            return self._at(
                pairs, lambda people, state, day: quiet_probability(people, state, self._calendar, day, days)
            )
        _check_kinds(kinds)
        if paths < 1:
            raise UsageError(f"paths is {paths}.", allowed="1 or more")
        rng = np.random.default_rng([self.random_state, 4])
        return self._at(
            pairs,
            lambda people, state, day: drawn_probability(
                people, state, self._calendar, day, days, kinds=kinds, paths=paths, rng=rng
            ),
        )

    def true_effects(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Return what truly drives each customer's hazard of leaving at her cut-off.

        Parameters
        ----------
        pairs : DataFrame
            As in `true_probability`.

        Returns
        -------
        DataFrame
            customer_id, cutoff, baseline, and one column a driver: its part of the log of the daily hazard. Baseline
            and drivers add up to that log-hazard.
        """
        parts = self._at(pairs, lambda people, state, day: contributions(people, state, self._calendar, day).T)
        table = pd.DataFrame(parts.reshape(-1, len(DRIVERS)), columns=list(DRIVERS), index=pairs.index)
        table = table[drivers_of(self._calendar.also)]
        table.insert(0, "baseline", BASELINE)
        return pd.concat([pairs[["customer_id", "cutoff"]], table], axis=1)

    def _at(self, pairs: pd.DataFrame, answer: Callable[[People, State, int], np.ndarray]) -> np.ndarray:
        if len(pairs) == 0:
            return np.empty(0)
        who, days = self._places(pairs)
        return at_cutoffs(self._people, self._calendar, self.random_state, who, days, answer)

    def _places(self, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return position and day of each pair, or say everything that is wrong with them."""
        missing = [name for name in ("customer_id", "cutoff") if name not in pairs]
        if missing:
            raise DataError(f"The pairs lack the columns {listed(missing)}.", allowed="customer_id and cutoff")
        who = pd.Index(customer_ids(len(self._people))).get_indexer(pairs["customer_id"])
        since = instants(pairs["cutoff"]) - self.start
        days = since.astype(np.int64) // MICROSECONDS_A_DAY
        problems = {
            "of customers that are not in the simulation": who < 0,
            "with a cut-off that is not at midnight": since.astype(np.int64) % MICROSECONDS_A_DAY != 0,
            f"with a cut-off outside {iso(self.start)} to {iso(self.end)}": (days < 0) | (days > self._calendar.days),
            "with a cut-off before the customer had joined": (who >= 0) & (days <= self._people.signup[who]),
        }
        found = [f"{int(rows.sum())} {says}" for says, rows in problems.items() if rows.any()]
        if found:
            raise DataError(f"Of {len(pairs)} pairs there are " + "; ".join(found) + ".")
        return who, days


def simulate(
    customers: int = 2000,
    start: str = "2023-07-01",
    end: str = "2025-01-01",
    *,
    without: Collection[str] = (),
    also: Collection[str] = (),
    random_state: int = 0,
) -> Simulation:
    """Simulate a company whose customers stay or leave because of what they experience.

    Every customer has a hidden state that each experience moves and time heals: waits, transfers, broken promises,
    unresolved or recovered complaints, moments of delight, follow-ups, silence after the sale. The sum of the
    drivers (``Simulation.effects``) is the log of her daily hazard of leaving, and the same sum slows the rate of her
    visits, so she fades before she goes. Half of those who leave say so (``cancel``), the others just stay away; a few
    return after months.

    Parameters
    ----------
    customers : int
        How many; about 55 interactions each over eighteen months.
    start, end : str
        First day, and the day after the last; at least 90 days apart.
    without : collection of str
        Drivers that are switched off: customers go through the same kinds of things, and these change nothing about who
        leaves. What a model says of such a driver is made up; `effects` shows its coefficient as 0.
    also : collection of str
        What the company has besides, each of which drives leaving too, and mostly has columns that are roles of the schema:
        ``"loyalty"`` (a scheme: ``points``, ``tier``, the kind membership), ``"sessions"`` (page after page: ``session_id``,
        ``step``, the kind page), ``"returns"`` (goods that go back: the kind return), ``"network"`` (other customers:
        ``peer_id``, the kinds question, answer and peer_left), ``"staff"`` (some of the people whom ``agent_id`` names put
        customers off, and nothing shows it but who leaves), ``"bot_loops"`` (bots everywhere, and whom one
        answered meets one again; no further columns).
    random_state : int
        Seed; equal seeds give equal bytes.

    Returns
    -------
    Simulation
        ``interactions``, ``customers``, ``effects``, ``true_probability(pairs)`` and ``true_effects(pairs)``.

    Examples
    --------
    >>> simulation = simulate(50, "2024-01-01", "2024-07-01", random_state=1)
    >>> simulation.customers["customer_id"].nunique()
    50
    """
    first, last = _period(start, end)
    if customers < 1 or random_state < 0:
        raise UsageError(f"customers is {customers}, random_state is {random_state}.", allowed="1 or more; 0 or more")
    _check_drivers("also", also, FURTHER)
    _check_drivers("without", without, drivers_of(also))
    calendar = make_calendar(first, last, without=without, also=also)
    people = draw_people(customers, calendar, np.random.default_rng([random_state, 0]))
    diary = Diary()
    for _ in mornings(people, calendar, random_state, diary, calendar.days):
        pass
    return Simulation(
        interactions=interactions_frame(people, calendar, diary.columns(), np.random.default_rng([random_state, 3])),
        customers=customers_frame(people, calendar, diary.plans),
        effects=effects_table(without, also),
        start=first.astype("datetime64[us]"),
        end=last.astype("datetime64[us]"),
        random_state=random_state,
        _people=people,
        _calendar=calendar,
    )


def _period(start: str, end: str) -> tuple[np.datetime64, np.datetime64]:
    moments = [instant(start, name="start"), instant(end, name="end")]
    days = [moment.astype("datetime64[D]") for moment in moments]
    if (
        any(day != moment for day, moment in zip(days, moments, strict=True))
        or (days[1] - days[0]).astype(int) < _SHORTEST
    ):
        raise UsageError(
            f"The simulation would run from {iso(moments[0])} to {iso(moments[1])}.",
            allowed=f"two dates at least {_SHORTEST} days apart, without a time of day",
        )
    return days[0], days[1]


def _whole_days(horizon: str) -> int:
    days = span(horizon, name="horizon").days
    if days != int(days) or days > LONGEST_HORIZON:
        raise UsageError(f"horizon is {horizon!r}.", allowed=f"whole days, at most '{LONGEST_HORIZON}D'")
    return int(days)


def _check_drivers(name: str, given: Collection[str], drivers: Collection[str]) -> None:
    wrong = sorted(set([given] if isinstance(given, str) else given) - set(drivers))
    if wrong or isinstance(given, str):
        raise UsageError(
            f"{name} is {given!r}.",
            allowed="a list of " + listed(drivers),
            hint=did_you_mean(wrong[0], drivers) if wrong else None,
        )


def _check_kinds(kinds: Collection[str]) -> None:
    wrong = sorted(set([kinds] if isinstance(kinds, str) else kinds) - set(CUSTOMER_KINDS))
    if wrong or isinstance(kinds, str) or not kinds:
        raise UsageError(
            f"kinds is {kinds!r}.",
            allowed="a list of " + listed(CUSTOMER_KINDS),
            hint=did_you_mean(wrong[0], CUSTOMER_KINDS) if wrong else None,
        )
