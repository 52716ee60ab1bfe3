"""A switch that several want at once: on with the first, off with the last."""

from __future__ import annotations

import os
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_wait_for_a_thread_that_it_does_not_have():
    began, go_on = threading.Event(), threading.Event()

    @contextmanager
    def switch() -> Iterator[None]:
        began.set()
        assert go_on.wait(30)
        yield

    together = Together(switch)

    def switched() -> None:
        with together.on():
            pass

    thread = threading.Thread(target=switched)
    thread.start()
    try:
        assert began.wait(30)
        child = os.fork()
        if not child:
            go_on.set()
            switched()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        go_on.set()
        thread.join()
