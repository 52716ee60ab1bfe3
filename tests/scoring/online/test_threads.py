from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from cxchurn.scoring import OnlineScorer

from ._batch import said_online

AT = "2024-06-01"
THREADS = 32


def events(customer: int) -> list[dict]:
    return [
        {
            "id": f"{customer}-{k}",
            "who": f"C{customer}",
            "when": f"2024-05-{1 + k:02}T{(7 * customer + k) % 24:02}:00:00Z",
            "what": ("purchase", "call", "visit")[(customer + k) % 3],
            "waited": 10.0 * k,
        }
        for k in range(12)
    ]


@pytest.mark.parametrize("where", ["memory", "file"])
def test_many_threads_at_once_give_equal_answers_and_lose_nothing(where, ticket_model, tmp_path):
    customers = range(24)
    alone = OnlineScorer(ticket_model)
    for customer in customers:
        alone.update(events(customer))
    expected = {f"C{customer}": said_online(alone.score(f"C{customer}", AT)) for customer in customers}
    store = None if where == "memory" else f"sqlite:///{tmp_path / 'state.db'}"
    scorer = OnlineScorer(ticket_model, store=store)
    # every event is told twice, by whoever comes to it; other threads ask all the while
    work = [event for customer in customers for event in events(customer)] * 2
    random.Random(1).shuffle(work)
    shares = [work[k::THREADS] for k in range(THREADS)]

    def hammer(share: list[dict]) -> tuple[int, int]:
        kept = repeats = 0
        for place, event in enumerate(share):
            done = scorer.update(event)
            kept, repeats = kept + done.kept, repeats + done.repeats
            if place % 3 == 0:
                found = scorer.score(event["who"], AT)
                assert found.asked or found.why == "new"
        return kept, repeats

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(hammer, shares))
    assert sum(kept for kept, _ in done) == sum(repeats for _, repeats in done) == len(work) // 2
    assert scorer.events == len(work) // 2
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda customer: scorer.score(customer, AT), list(expected) * 3))
    assert {(one.customer_id, said_online(one)) for one in found} == set(expected.items())


def test_an_update_is_seen_as_a_whole_or_not_at_all(ticket_model):
    scorer = OnlineScorer(ticket_model)
    first, second = events(1)[:6], events(1)[6:]
    scorer.update(first)
    before = said_online(scorer.score("C1", AT))
    both = OnlineScorer(ticket_model)
    both.update(events(1))
    after = said_online(both.score("C1", AT))
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(lambda: said_online(scorer.score("C1", AT))) for _ in range(30)]
        pool.submit(scorer.update, second).result()
        asked += [pool.submit(lambda: said_online(scorer.score("C1", AT))) for _ in range(10)]
    assert {one.result() for one in asked} <= {before, after}
    assert asked[-1].result() == after


def test_beside_each_other_in_one_loop(ticket_model):
    scorer = OnlineScorer(ticket_model)

    async def serve() -> list:
        await asyncio.gather(*(asyncio.to_thread(scorer.update, events(customer)) for customer in range(8)))
        return await asyncio.gather(*(asyncio.to_thread(scorer.score, f"C{customer}", AT) for customer in range(8)))

    found = asyncio.run(serve())
    assert [one.customer_id for one in found] == [f"C{customer}" for customer in range(8)]
    assert [said_online(one) for one in found] == [said_online(scorer.score(f"C{c}", AT)) for c in range(8)]
