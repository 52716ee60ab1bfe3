"""A scorer that 32 threads tell, ask, make forget and give other models at once says what one that was told in turn says.

Two seconds each by default; ``CXCHURN_STRESS_S=120`` (``make stress``) takes that many.
"""

from __future__ import annotations

import copy
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from cxchurn.model import ChurnModel
from cxchurn.scoring import OnlineScorer

from ._batch import said_online, with_schema

SECONDS = float(os.environ.get("CXCHURN_STRESS_S", "2"))
THREADS, SHARED = 32, 40
AT = "2024-11-05T13:20"
# what is there of one customer, at most: a longer history makes every question slower, and shows nothing else
MOST = 300


@dataclass
class Told:
    """What one thread told: of customers that all tell of, and of one that is its own and is forgotten now and then."""

    number: int
    random: random.Random
    shared: list[dict] = field(default_factory=list)
    own: list[dict] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def event(self, who: str) -> dict:
        self.done["events"] += 1
        minutes = self.random.randrange(10 * 30 * 24 * 60)
        month, rest = divmod(minutes, 30 * 24 * 60)
        return {
            "id": f"{self.number}-{self.done['events']}",
            "who": who,
            "when": f"2024-{month + 1:02}-{1 + min(rest // 1440, 27):02}T{rest // 60 % 24:02}:{rest % 60:02}:00Z",
            "what": self.random.choice(["purchase", "visit", "call", "chat"]),
            "waited": self.random.choice([None, 30.0, 900.0]),
            "amount": self.random.choice([None, 12.5]),
        }


def hammer(told: Told, scorer: OnlineScorer, models: list[ChurnModel], until: float) -> Told:
    mine = f"own {told.number}"
    ways = {"tell": 8, "repeat": 2, "ask": 6, "ask many": 1, "own": 4, "forget": 0.3, "swap": 0.2}
    while time.monotonic() < until:
        (way,) = told.random.choices([*ways], weights=[*ways.values()])
        told.done[way] += 1
        if way == "tell" and told.done["tell"] * THREADS < SHARED * MOST:
            events = [told.event(f"C{told.random.randrange(SHARED)}") for _ in range(told.random.randint(1, 4))]
            assert scorer.update(events).kept == len(events)
            told.shared += events
        elif way == "repeat" and told.shared:
            assert scorer.update(told.random.choice(told.shared)).repeats == 1
        elif way == "ask":
            scorer.score(f"C{told.random.randrange(SHARED)}", AT)
        elif way == "ask many":
            scorer.score_many([f"C{k}" for k in range(8)], AT, reasons=1)
        elif way == "own" and len(told.own) < MOST:
            told.own.append(told.event(mine))
            assert scorer.update(told.own[-1]).kept == 1
            # nobody else tells of this customer: what was told is what is answered, at once
            (alone,) = scorer.score_events(told.own, AT)
            assert said_online(scorer.score(mine, AT))[:4] == said_online(alone)[:4]
        elif way == "forget":
            assert scorer.forget(mine) == bool(told.own)
            told.own = []
        elif way == "swap":
            scorer.swap(told.random.choice(models))
    return told


@pytest.mark.parametrize("where", ["memory", "file"])
@pytest.mark.sampled(2)
def test_hammered_it_says_what_one_told_in_turn_says(where, ticket_model, tmp_path):
    store = None if where == "memory" else f"sqlite:///{tmp_path / 'state.db'}"
    other = with_schema(copy.copy(ticket_model), ticket_model.schemas_[0])
    other.version_ = "another"
    scorer = OnlineScorer(ticket_model, store=store, max_events=None if where == "memory" else 2_000)
    until = time.monotonic() + SECONDS
    everybody = [Told(number, random.Random(number)) for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda one: hammer(one, scorer, [ticket_model, other], until), everybody))
    scorer.swap(ticket_model)
    told = [event for one in everybody for event in (*one.shared, *one.own)]
    alone = OnlineScorer(ticket_model)
    for begin in range(0, len(told), 1000):
        alone.update(told[begin : begin + 1000])
    assert scorer.events == alone.events == len(told)
    who = [*(f"C{k}" for k in range(SHARED)), *(f"own {k}" for k in range(THREADS))]
    assert [said_online(one) for one in scorer.score_many(who, AT)] == [
        said_online(alone.score(one, AT)) for one in who
    ]
    assert all(scorer.update(one.shared).kept == 0 for one in everybody if one.shared)
    print(f"\n{where}: {sum((one.done for one in everybody), Counter())} in {SECONDS:.0f} s")
