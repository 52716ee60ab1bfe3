"""From the diary to the tables a company would have: times of day, amounts, tones, and when each row became known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn.datasets.days._online import STEPS
from cxchurn.datasets.days._scheme import TIERS
from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import AGENT_TYPES, FURTHER_KINDS, HUMAN, KINDS, SCORE_TYPES, STORE, TOUCHPOINTS
from cxchurn.datasets.world._people import ACQUIRED, AGENTS, GROUPS, PLANS, REGIONS, People

Columns = dict[str, Any]
PRODUCT_GROUPS = ("books", "garden", "home", "music", "toys")
_DAY = 86_400
_OPEN = np.array([6.5, 8.0, 7.0, 8.0, 8.0, 9.0, 6.5, 7.5])  # earliest hour, by touchpoint, the last for none
_SHUT = np.array([20.5, 19.0, 20.0, 18.0, 20.5, 19.0, 20.5, 17.0])
_DURATION = {"call": 320.0, "chat": 430.0, "complaint": 520.0, "visit": 780.0}  # seconds, typical


def interactions_frame(people: People, calendar: Calendar, rows: Columns, rng: np.random.Generator) -> pd.DataFrame:
    """Return the interactions in order of time; columns as the schema's roles, and items, discount, product_group.

    Of a company with a loyalty scheme also points and tier, with sessions session_id and step, with a network peer_id.
    """
    seconds = _seconds_of_day(rows, rng)
    moment = calendar.start.astype("datetime64[s]") + (rows["day"].astype(np.int64) * _DAY + seconds)
    kind = {name: rows["kind"] == code for code, name in enumerate(KINDS)}
    lasted = _durations(rows, kind, rng)
    ended = np.nan_to_num(np.round(rows["wait_s"])) + np.nan_to_num(lasted)  # only then is a contact on record
    known = moment + np.maximum(_delay(rows, kind, seconds, rng), ended.astype(np.int64))
    table = {
        "customer_id": customer_ids(len(people))[rows["who"]],
        "timestamp": moment.astype("datetime64[us]"),
        "kind": _kinds(calendar, rows),
        "known_at": known.astype("datetime64[us]"),
        "touchpoint": _labels(rows["touchpoint"], TOUCHPOINTS),
        "case_id": _numbered("M-", rows["case"]),
        "direction": _labels(rows["inbound"], ("outbound", "inbound")),
        "agent": _labels(rows["agent"], AGENT_TYPES),
        "agent_id": _agent_ids(people, calendar, rows, rng),
        "wait_s": np.round(rows["wait_s"]),
        "duration_s": lasted,
        "transfers": rows["transfers"],
        "resolved": _yes_no(rows["resolved"]),
        "score": rows["score"],
        "score_type": _labels(rows["score_type"], SCORE_TYPES),
        "invited": _yes_no(rows["invited"]),
        "sentiment": _sentiments(rows, kind, rng),
        **_goods(people, rows, kind, rng),
        "promised_at": _promises(calendar, rows),
        "delivered_at": np.where(kind["delivery"], moment, np.datetime64("NaT")).astype("datetime64[us]"),
    }
    table |= _further(calendar, rows)
    order = np.lexsort((np.arange(len(moment)), rows["who"], moment))
    return pd.DataFrame(table).take(order).reset_index(drop=True)


def _kinds(calendar: Calendar, rows: Columns) -> pd.Categorical[Any]:
    elsewhere = {kind for what, kinds in FURTHER_KINDS.items() if what not in calendar.also for kind in kinds}
    here = np.array([name not in elsewhere for name in KINDS])
    return _labels((np.cumsum(here) - 1)[rows["kind"]], tuple(np.array(KINDS)[here].tolist()))


def _further(calendar: Calendar, rows: Columns) -> Columns:
    """Return the columns that only a company with something further has."""
    table: Columns = {}
    if "loyalty" in calendar.also:
        table |= {"points": rows["points"], "tier": _labels(rows["tier"], TIERS)}
    if "sessions" in calendar.also:
        table |= {"session_id": _numbered("S-", rows["session"]), "step": _labels(rows["step"], STEPS)}
    if "network" in calendar.also:
        table |= {"peer_id": _numbered("F-", rows["peer"])}
    return table


def customers_frame(
    people: People, calendar: Calendar, plans: list[tuple[int, np.ndarray, np.ndarray]]
) -> pd.DataFrame:
    """Return the customers' attributes, one row for each customer and plan: valid_from is when the plan began."""
    who = np.concatenate([np.arange(len(people)), *(changed for _, changed, _ in plans)])
    plan = np.concatenate([people.plan, *(new for _, _, new in plans)])
    since = np.concatenate([people.signup, *(np.full(len(changed), day + 1) for day, changed, _ in plans)])
    kept = np.flatnonzero(since < calendar.days)
    kept = kept[np.lexsort((since[kept], who[kept]))]
    who = who[kept]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(len(people))[who],
            "valid_from": (calendar.start + since[kept]).astype("datetime64[us]"),
            "plan": _labels(plan[kept], PLANS),
            "region": _labels(people.region[who], REGIONS),
            "signup": (calendar.start + people.signup[who]).astype("datetime64[us]"),
            "acquired": _labels(people.acquired[who], ACQUIRED),
            "household": people.household[who],
        }
    )


def customer_ids(n: int) -> np.ndarray:
    """Return the ids of `n` customers: ``C-000001`` and on."""
    return np.array([f"C-{number:06d}" for number in range(1, n + 1)], object)


def _seconds_of_day(rows: Columns, rng: np.random.Generator) -> np.ndarray:
    """Return a second for each row: one start for a customer's day, then a few minutes from row to row."""
    key = rows["who"].astype(np.int64) * (int(rows["day"].max(initial=0)) + 1) + rows["day"]
    order = np.argsort(key, kind="stable")
    first = np.concatenate([[True], np.diff(key[order]) != 0])[: len(order)]
    group = np.cumsum(first) - 1
    place = rows["touchpoint"][order][first]
    hour = _OPEN[place] + (_SHUT - _OPEN)[place] * rng.beta(2.2, 2.0, len(place))
    step = rng.integers(150, 1200, len(order))
    passed = np.cumsum(step)
    seconds = np.empty(len(order), np.int64)
    seconds[order] = (hour * 3600).astype(np.int64)[group] + passed - passed[first][group]
    return np.minimum(seconds, _DAY - 1)


def _delay(rows: Columns, kind: Columns, seconds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the seconds until a row was known: stores report by night, some scores come days later."""
    by_night = _DAY - seconds + 3 * 3600
    draw, days = rng.random(len(seconds)), rng.integers(1, 4, len(seconds))
    late_score = ~np.isnan(rows["score"]) & (draw < 0.15)
    late_parcel = kind["delivery"] & (draw < 0.3)
    in_store = (rows["touchpoint"] == STORE) & (rows["inbound"] == 1)
    return np.select([in_store, late_score, late_parcel], [by_night, days * _DAY, np.full(len(days), 4 * 3600)], 0)


def _agent_ids(people: People, calendar: Calendar, rows: Columns, rng: np.random.Generator) -> pd.Categorical[Any]:
    anyone = rng.integers(0, AGENTS, len(rows["who"]))
    known = rng.random(len(anyone)) < 0.3
    chosen = np.where(known, people.agent[rows["who"]], anyone)
    if "staff" in calendar.also:
        # where it matters who it was, that has been decided when it happened
        chosen = rows["person"]
    return _labels(np.where(rows["agent"] == HUMAN, chosen, -1), tuple(f"A-{number:02d}" for number in range(AGENTS)))


def _durations(rows: Columns, kind: Columns, rng: np.random.Generator) -> np.ndarray:
    typical = np.full(len(rows["who"]), np.nan)
    for name, length in _DURATION.items():
        typical[kind[name]] = length
    return np.round(typical * rng.lognormal(0, 0.5, len(typical)))


def _sentiments(rows: Columns, kind: Columns, rng: np.random.Generator) -> np.ndarray:
    """Return the tone as a listener would note it: nearly always in contacts, seldom in stores, never exactly."""
    heard = rng.random(len(rows["who"])) < np.where(kind["purchase"] | kind["visit"], 0.35, 0.9)
    noted = np.clip(rows["valence"] + rng.normal(0, 0.12, len(heard)), -1.0, 1.0)
    return np.where(heard, np.round(noted, 2) + 0.0, np.nan)


def _goods(people: People, rows: Columns, kind: Columns, rng: np.random.Generator) -> Columns:
    n = len(rows["who"])
    spent = people.spend[rows["who"]] * rng.lognormal(0, 0.45, n)
    reduced = np.where(rows["discounted"] == 1, rng.choice([0.1, 0.2, 0.3], n), 0.0)
    value = np.select([kind["purchase"], kind["refund"]], [spent * (1 - reduced), -spent], np.nan)
    group = np.where(rng.random(n) < 0.6, people.group[rows["who"]], rng.integers(0, GROUPS, n))
    return {
        "value": np.round(value, 2),
        "items": np.where(kind["purchase"], 1.0 + rng.poisson(1.1, n), np.nan),
        "discount": np.where(kind["purchase"], reduced, np.nan),
        "product_group": _labels(np.where(kind["purchase"] | kind["refund"], group, -1), PRODUCT_GROUPS),
    }


def _promises(calendar: Calendar, rows: Columns) -> np.ndarray:
    """Return the end of the promised day, on the order and again on its delivery."""
    promised = (calendar.start + (rows["promised"].astype(np.int64) + 1)).astype("datetime64[us]")
    return np.where(rows["promised"] >= 0, promised, np.datetime64("NaT", "us"))


def _labels(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical[Any]:
    return pd.Categorical.from_codes(codes.astype(np.int16), pd.Index(names))


def _numbered(prefix: str, numbers: np.ndarray) -> np.ndarray:
    """Return a name for each number from 0, None for -1."""
    names = [f"{prefix}{number:07d}" for number in range(1, numbers.max(initial=-1) + 2)]
    return np.array([*names, None], object)[numbers]


def _yes_no(codes: np.ndarray) -> pd.arrays.BooleanArray:
    return pd.arrays.BooleanArray(codes == 1, codes < 0)
