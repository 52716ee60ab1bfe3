"""Whoever asks a model beside others gets the bits that one gets alone: threads, forked and fresh children, pools, loops.

Some by default, all once in ``make prove``; ``CXCHURN_STRESS_S=300`` (``make stress``) goes on for so many seconds each, and
memory stays flat.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import psutil
import pytest

from .answers import Place, answer, answer_of, loaded, saved

SECONDS = float(os.environ.get("CXCHURN_STRESS_S", "0"))
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(scope="module")
def place(model, company, company_schema, tmp_path_factory) -> Place:
    return saved(tmp_path_factory.mktemp("place"), model, company, company_schema)


@pytest.fixture(scope="module")
def alone(place) -> str:
    """What is answered when nobody else asks; from then on this process has threads of every library."""
    return answer(place)


def memory_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20


def again_and_again(ask: Callable[[], set[str]], name: str) -> set[str]:
    """Ask once, or for so many seconds; memory is to be flat after the first fifth of them."""
    until, said, count = time.monotonic() + SECONDS, ask(), 1
    begin = settled = memory_mb()
    while (left := until - time.monotonic()) > 0:
        said |= ask()
        count += 1
        if left > SECONDS * 0.8:
            settled = memory_mb()
    end = memory_mb()
    print(f"\n{name}: {count} times, {begin:.0f} MB then {end:.0f} MB, in {SECONDS:.0f} s")
    assert end < settled * 1.05 + 20
    return said


def in_children(context: str, place: Place) -> set[str]:
    """Start two children, of which each answers twice and ends as programs do."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(context)) as pool:
        return set(pool.map(answer, [place] * 4))


@pytest.mark.parametrize(
    "context",
    ["fork", pytest.param("spawn", marks=pytest.mark.prove), pytest.param("forkserver", marks=pytest.mark.prove)],
)
def test_children(context, place, alone):
    if context not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {context} here")
    assert again_and_again(lambda: in_children(context, place), context) == {alone}
    # children that ended took nothing away
    assert answer(place) == alone


@pytest.mark.prove
def test_loky(place, alone):
    from joblib.externals.loky import get_reusable_executor

    said = again_and_again(
        lambda: set(get_reusable_executor(max_workers=2, timeout=5).map(answer, [place] * 4)), "loky"
    )
    get_reusable_executor().shutdown(wait=True)
    assert said == {alone}


@pytest.mark.prove
def test_threads(place, alone):
    with ThreadPoolExecutor(32) as pool:
        assert again_and_again(lambda: in_threads(pool, place, 32), "32 threads") == {alone}


def in_threads(pool: Executor, place: Place, count: int) -> set[str]:
    held = loaded(place)
    return set(pool.map(answer_of, [held] * count))


def test_a_loop_that_asks_many_at_once(place, alone):
    """As services do: a loop gives questions to threads while it goes on itself."""

    async def asked() -> set[str]:
        held = loaded(place)
        ticks, done = 0, asyncio.gather(*(asyncio.to_thread(answer_of, held) for _ in range(8)))
        while not done.done():
            ticks += 1
            await asyncio.sleep(0.01)
        assert ticks, "the loop stood still"
        return set(await done)

    assert again_and_again(lambda: asyncio.run(asked()), "asyncio") == {alone}


def test_a_child_forked_from_a_thread_while_others_ask(place, alone):
    """As servers do that load before they fork: whatever locks are held at that moment, the child answers."""
    held = loaded(place)

    def child() -> set[str]:
        number = os.fork()
        if not number:
            os._exit(0 if answer_of(held) == alone else 1)
        return {str(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))}

    with ThreadPoolExecutor(8) as pool:
        busy = [pool.submit(answer_of, held) for _ in range(8)]
        assert again_and_again(child, "forked among threads") == {"0"}
        assert {one.result() for one in busy} == {alone}
