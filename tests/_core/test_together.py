"""A switch that several want at once: on with the first, off with the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cxchurn._core import Together


@pytest.fixture
def switched() -> list[str]:
    return []


@pytest.fixture
def together(switched) -> Together:
    @contextmanager
    def switch() -> Iterator[None]:
        switched.append("on")
        yield
        switched.append("off")

    return Together(switch)


def test_the_first_and_the_last(together, switched):
    first, second = together.on(), together.on()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert switched == ["on"]
    second.__exit__(None, None, None)
    assert switched == ["on", "off"]
    with together.on():
        pass
    assert switched == ["on", "off"] * 2


def test_a_failure_inside_switches_off(together, switched):
    with pytest.raises(ZeroDivisionError), together.on():
        _ = 1 / 0
    assert switched == ["on", "off"]


def test_a_switch_that_fails_is_not_held():
    tries = []

    @contextmanager
    def broken() -> Iterator[None]:
        tries.append(1)
        raise OSError("not now")
        yield

    one = Together(broken)
    for _ in range(2):
        with pytest.raises(OSError, match="not now"), one.on():
            pass
    assert len(tries) == 2


def test_many_threads_switch_once(together, switched):
    inside, ready = threading.Barrier(8), threading.Barrier(8)

    def work() -> None:
        ready.wait(10)
        with together.on():
            inside.wait(10)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert switched == ["on", "off"]
