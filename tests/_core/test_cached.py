"""Values that are worked out once for an object."""

from __future__ import annotations

import threading

import pytest

from cxchurn._core import cached_property


class Slow:
    """Works something out once it is let."""

    def __init__(self) -> None:
        self.begun, self.let, self.count = threading.Event(), threading.Event(), 0

    @cached_property
    def value(self) -> int:
        """How often it was worked out."""
        self.begun.set()
        assert self.let.wait(30)
        self.count += 1
        return self.count


def test_it_is_worked_out_once():
    one = Slow()
    one.let.set()
    assert (one.value, one.value, one.count) == (1, 1, 1)
    assert Slow.value.__doc__ == "How often it was worked out."


def test_objects_do_not_wait_for_each_other():
    """Python 3.11's own has one lock for all of them: threads waited, and a child forked meanwhile never ended."""
    one, other = Slow(), Slow()
    thread = threading.Thread(target=lambda: one.value)
    thread.start()
    try:
        assert one.begun.wait(30)
        other.let.set()
        asked = threading.Thread(target=lambda: other.value, daemon=True)
        asked.start()
        asked.join(30)
        assert other.count == 1
    finally:
        one.let.set()
        thread.join()
    assert one.value == 1


def test_a_failure_is_not_kept():
    class Fails:
        tries = 0

        @cached_property
        def value(self) -> int:
            self.tries += 1
            return 1 // (self.tries - 1)

    one = Fails()
    with pytest.raises(ZeroDivisionError):
        _ = one.value
    assert one.value == 1
