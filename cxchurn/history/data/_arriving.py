"""When events of a kind were still arriving, and how long it took until they were known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from cxchurn.history.data._columns import Labels
from cxchurn.history.data._histories import histories_of
from cxchurn.history.data._history import History
from cxchurn.history.data._where import Where
from cxchurn.interactions import Counts, InteractionLog, count_events


def events_by_day(log: InteractionLog, where: Where | None = None) -> Counts:
    """Count the events of a condition by kind and by the day (of the log's zone) on which they happened.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    where : Where, optional
        Which events count.
    """
    cache, key = histories_of(log).cache, ("events by day", where)
    if key not in cache:
        found: Counts = Counter()
        for history in _each(log, where):
            kinds = history.columns["kind"]
            assert isinstance(kinds, Labels)
            times = history.columns["timestamp"].values
            found.update(count_events(kinds.values, kinds.names, np.zeros(times.size, dtype=bool), times, history.zone))
        cache[key] = found
    return cache[key]


def preset_events_by_day(log: InteractionLog, counts: Mapping[Where | None, Counts]) -> None:
    """Let a log that has no events itself (an outline) answer `events_by_day` by what was counted elsewhere."""
    histories_of(log).cache.update({("events by day", where): found for where, found in counts.items()})


def delays(log: InteractionLog, where: Where | None = None) -> np.ndarray:
    """Return how long it took until each event of a condition was known, in microseconds; int64, in no stated order."""
    cache, key = histories_of(log).cache, ("delays", where)
    if key not in cache:
        found = [one.place - one.columns["timestamp"].values for one in _each(log, where)]
        cache[key] = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return cache[key]


def _each(log: InteractionLog, where: Where | None) -> Iterator[History]:
    histories = histories_of(log)
    for part in range(len(histories)):
        opened = histories.open(part)
        for inner in [part] if opened is histories else range(len(opened)):
            yield opened.history(inner).only(where)
