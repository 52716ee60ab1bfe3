"""A company that is not our simulator's: other people, other events, other minds, and the truth about them by cause."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from truth.minds import CAUSES, MINDS, PATIENCE, USUAL_TONE, Mind

_BASE = (
    -8.2
)  # the log of the daily hazard of leaving of a new customer of no particular temper with nothing to complain of
_FADE = 0.45
_CANCELS = 0.4
NEVER = -(10**6)
_TOUCH = np.array(["phone", "chat", "email"], dtype=object)
_KIND = np.array(["call", "chat", "email"], dtype=object)
_WAIT = np.array([90.0, 40.0, 14_400.0])  # seconds, usual


@dataclass(eq=False)
class Pages:
    """Rows as they happen: columns of equal length, a page a call."""

    pages: list[pd.DataFrame] = field(default_factory=list)

    def write(self, day: int, who: np.ndarray, kind: object, *, inbound: bool, **columns: object) -> None:
        """Write one row for each of `who`."""
        if len(who):
            about = {"who": who, "day": day, "kind": kind, "direction": "inbound" if inbound else "outbound"}
            self.pages.append(pd.DataFrame({**about, **columns}))


@dataclass(eq=False)
class Foreign:
    """A simulated company with one of the foreign minds.

    Attributes
    ----------
    interactions, customers : DataFrame
    snapshots : dict of day to (here, parts)
        Each first of a month: who is still a customer, and each cause's part of the log-hazard besides the others'.
    """

    interactions: pd.DataFrame
    customers: pd.DataFrame
    start: np.datetime64
    snapshots: dict[int, tuple[np.ndarray, pd.DataFrame]]

    def truth(self, pairs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
        """Return who of (customer_id, cutoff) is still a customer, and their parts: the causes, experience, profile, hidden."""
        who = pairs["customer_id"].str[1:].astype(int).to_numpy()
        days = (pairs["cutoff"].to_numpy().astype("datetime64[D]") - self.start).astype(int)
        here, parts = np.zeros(len(pairs), bool), []
        for day in np.unique(days):
            rows = np.flatnonzero(days == day)
            present, table = self.snapshots[int(day)]
            here[rows] = present[who[rows]]
            parts.append(table.iloc[who[rows]].set_axis(rows))
        return here, pd.concat(parts).sort_index().set_axis(pairs.index)


def simulate_foreign(
    mind: str, customers: int, start: str, end: str, *, without: tuple[str, ...] = (), random_state: int
) -> Foreign:
    """Simulate the company.

    Parameters
    ----------
    mind : {"belief", "last straw"}
    customers : int
    start, end : str
        First day, and the day after the last.
    without : tuple of str
        Causes that make no difference.
    random_state : int
    """
    first = np.datetime64(start, "D")
    days = int((np.datetime64(end, "D") - first).astype(int))
    company = _Company(customers, days, MINDS[mind], frozenset(without), random_state)
    snapshots = {}
    for day in range(days + 1):
        if (first + day).astype("datetime64[M]").astype("datetime64[D]") == first + day:
            snapshots[day] = (company.here.copy(), company.parts(day))
        if day < days:
            company.live(day)
    rows = _dated(pd.concat(company.book.pages, ignore_index=True), first, np.random.default_rng([random_state, 9]))
    people = pd.DataFrame(
        {
            "customer_id": _ids(np.arange(customers)),
            "valid_from": (first + company.joined).astype("datetime64[us]"),
            "tariff": np.array(["light", "family", "pro"])[company.tariff],
            "signup": (first + company.joined).astype("datetime64[us]"),
        }
    )
    return Foreign(rows, people, first, snapshots)


class _Company:
    """All customers on one day."""

    def __init__(self, n: int, days: int, mind: type[Mind], off: frozenset[str], seed: int) -> None:
        traits, self.rng = (np.random.default_rng([seed, stream]) for stream in (0, 1))
        self.n = n
        self.joined = np.where(traits.random(n) < 0.6, -traits.integers(1, 900, n), traits.integers(0, days - 60, n))
        self.rate = traits.gamma(3.0, 1 / 36.0, n)
        self.temper = traits.normal(0, 0.35, n)
        self.tariff = traits.choice(3, n, p=[0.5, 0.3, 0.2])
        self.luck = {name: 0.6 * traits.normal(size=n) for name in ("wait", "transfers", "tone", "late")}
        self.channel = traits.beta(1.5, 1.5, n)
        self.mind = mind(n, off, traits)
        self.here = self.joined < 0
        self.delivers, self.promised = np.full(n, NEVER), np.full(n, NEVER)
        self.opened, self.solves = np.full(n, NEVER), np.full(n, NEVER)
        self.case, self.cases = np.full(n, -1), 0
        self.cares = np.full(n, NEVER)
        self.book = Pages()

    def parts(self, day: int) -> pd.DataFrame:
        """Return what drives each customer's hazard: by cause, by experience in all, by what they are, by temper."""
        lives = self.mind.log_hazard()
        table = {cause: lives[0] - lives[1 + number] for number, cause in enumerate(CAUSES)}
        return pd.DataFrame(
            {
                **table,
                "experience": lives[0] - lives[-1],
                "profile": self._profile(day),
                "hidden": lives[-1] + self.temper,
            }
        )

    def live(self, day: int) -> None:
        """Let one day pass."""
        self.here[self.joined == day] = True
        self.mind.pass_day()
        self._company(day)
        wish = self.mind.log_hazard()[0]
        index = wish + self._profile(day) + self.temper
        leave, come, press = self.rng.random((3, self.n))
        goes = self.here & (leave < -np.expm1(-np.exp(_BASE + index)))
        self._leave(day, np.flatnonzero(goes))
        active = self.here & (come < 1 - np.exp(-self.rate * np.exp(-_FADE * (wish - 0.6))))
        active |= self.joined == day
        what = self.rng.random(self.n)
        self._order(day, np.flatnonzero(active & (what < 0.5)))
        self._browse(day, np.flatnonzero(active & (what >= 0.5) & (what < 0.7)))
        asks = (active & (what >= 0.7)) | (self.here & (self.opened >= 0) & (press < 0.1))
        self._contact(day, np.flatnonzero(asks))

    def _profile(self, day: int) -> np.ndarray:
        years = np.maximum(day - self.joined, 0) / 365.25
        return -0.35 * np.sqrt(years) + np.array([0.25, 0.0, -0.25])[self.tariff]

    def _company(self, day: int) -> None:
        who = np.flatnonzero(self.delivers == day)
        late = np.maximum(day - self.promised[who], 0)
        self.book.write(day, who, "delivery", inbound=False, promised=self.promised[who], delivered=day)
        self.mind.delivery(who, late.astype(float))
        who = np.flatnonzero((self.opened >= 0) & (self.solves == day))
        self.book.write(day, who, "resolved", inbound=False, touchpoint="email", resolved=True, case=self.case[who])
        self.opened[who] = NEVER
        self.mind.neglect(np.flatnonzero(self.opened == day - PATIENCE))
        who = np.flatnonzero((self.cares == day) & self.here)
        self.book.write(day, who, "call", inbound=False, touchpoint="phone", agent="human")
        self.mind.care(who)
        if day % 21 == 4:
            self.book.write(day, np.flatnonzero(self.here), "campaign", inbound=False, touchpoint="email")

    def _leave(self, day: int, who: np.ndarray) -> None:
        self.here[who] = False
        says = who[self.rng.random(len(who)) < _CANCELS]
        self.book.write(day, says, "cancel", inbound=True, touchpoint="web")

    def _order(self, day: int, who: np.ndarray) -> None:
        promised = day + self.rng.integers(2, 6, len(who))
        odds = np.exp(-1.7 + 1.3 * self.luck["late"][who])
        late = np.where(self.rng.random(len(who)) < odds / (1 + odds), self.rng.geometric(0.35, len(who)), 0)
        free = self.delivers[who] < day
        self.promised[who[free]], self.delivers[who[free]] = promised[free], (promised + np.minimum(late, 9))[free]
        paid = np.round(self.rng.lognormal(3.4, 0.5, len(who)), 2)
        self.book.write(
            day, who, "purchase", inbound=True, touchpoint="web", value=paid, promised=np.where(free, promised, -1)
        )
        called = self.rng.random(len(who)) < 0.12
        self.cares[who[called]] = day + self.rng.integers(3, 11, int(called.sum()))

    def _browse(self, day: int, who: np.ndarray) -> None:
        self.book.write(day, who, "visit", inbound=True, touchpoint="web")

    def _contact(self, day: int, who: np.ndarray) -> None:
        n = len(who)
        steps = np.cumsum([0.6 * (1 - self.channel[who]) + 0.1, 0.6 * self.channel[who]], axis=0)
        touch = (self.rng.random(n) >= steps).sum(axis=0)
        slow = np.minimum(self.rng.normal(0, 0.8, n) + self.luck["wait"][who], 2.5)
        transfers = np.minimum(self.rng.poisson(0.35 * np.exp(self.luck["transfers"][who])), 4)
        tone = np.clip(self.rng.normal(USUAL_TONE, 0.35, n) + 0.5 * self.luck["tone"][who], -1, 1)
        solved = self.rng.random(n) < 1 / (1 + np.exp(-(0.9 - 0.4 * transfers)))
        heard = np.clip(tone - 0.04 * transfers + self.rng.normal(0, 0.12, n), -1, 1)
        new = who[self.opened[who] < 0]
        self.case[new] = self.cases + np.arange(len(new))
        self.cases += len(new)
        self.book.write(
            day, who, _KIND[touch], inbound=True, touchpoint=_TOUCH[touch], agent="human", case=self.case[who], resolved=solved,
            wait_s=np.round(_WAIT[touch] * np.exp(slow)), transfers=transfers,
            sentiment=np.where(self.rng.random(n) < 0.85, np.round(heard, 2), np.nan),
        )  # fmt: skip
        self.mind.contact(who, slow, transfers.astype(float), tone, solved)
        self.opened[who[solved]] = NEVER
        left = who[~solved & (self.opened[who] < 0)]
        self.opened[left] = day
        self.solves[left] = day + np.minimum(self.rng.geometric(1 / 8, len(left)), 40)


def _dated(rows: pd.DataFrame, first: np.datetime64, rng: np.random.Generator) -> pd.DataFrame:
    """Give the rows of the book their seconds and the names of roles."""
    place = rows.groupby(["who", "day"]).cumcount().to_numpy()
    begins = (
        pd.Series(rng.integers(8 * 3600, 18 * 3600, len(rows))).groupby([rows["who"], rows["day"]]).transform("first")
    )
    seconds = rows["day"].to_numpy() * 86_400 + begins.to_numpy() + place * 300
    table = pd.DataFrame(
        {
            "customer_id": _ids(rows["who"].to_numpy()),
            "timestamp": (first.astype("datetime64[s]") + seconds).astype("datetime64[us]"),
            **{
                name: rows[name]
                for name in ("kind", "direction", "touchpoint", "agent", "wait_s", "transfers", "sentiment")
            },
            "case_id": np.where(rows["case"] >= 0, "M" + rows["case"].fillna(-1).astype(int).astype(str), None),
            "resolved": rows["resolved"].astype("boolean"),
            "value": rows["value"],
            "promised_at": _end_of(rows["promised"], first),
            "delivered_at": pd.Series(
                np.where(rows["delivered"] >= 0, first.astype("datetime64[s]") + seconds, np.datetime64("NaT"))
            ).astype("datetime64[us]"),
        }
    )
    return table.sort_values(["timestamp", "customer_id"], kind="stable", ignore_index=True)


def _end_of(days: pd.Series, first: np.datetime64) -> pd.Series:
    """Return the end of each day, missing where there is none."""
    known = (days >= 0).to_numpy()
    ends = (first + (days.fillna(0).astype(int).to_numpy() + 1)).astype("datetime64[us]")
    return pd.Series(np.where(known, ends, np.datetime64("NaT", "us")))


def _ids(who: np.ndarray) -> np.ndarray:
    return np.array([f"F{number:05d}" for number in who], dtype=object)
