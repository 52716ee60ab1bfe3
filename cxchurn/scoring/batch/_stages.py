"""Where the time of a run goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

STAGES = ("features", "prediction", "contributions", "words", "writing")


class Stages:
    """Seconds on the clock by phase of a run, and seconds of processors by stage of the work, over all threads.

    Attributes
    ----------
    seconds : dict of str to float
        ``reading``, ``preparing`` (sorting the log, who is asked about), ``scoring``, ``writing``.
    cpu : dict of str to float
        ``features``, ``prediction``, ``contributions``, ``words``, ``writing``. With reasons, the log-odds come with the
        contributions, and count there.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu = dict.fromkeys(STAGES, 0.0)
        self._guard = threading.Lock()
        self._thread = threading.local()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase on the clock."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def begin(self) -> None:
        """Say that what this thread did so far is not to be counted; a thread made for the work needs not say it."""
        self._thread.last = time.thread_time()

    def done(self, stage: str) -> None:
        """Count what this thread did since it was last asked."""
        now = time.thread_time()
        spent = now - getattr(self._thread, "last", 0.0)
        self._thread.last = now
        with self._guard:
            self.cpu[stage] += spent
