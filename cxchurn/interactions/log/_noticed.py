"""What is worth a look though it breaks no rule: sources and kinds that stopped, and holes of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cxchurn.interactions.log._silence import Silence, holes, stopped
from cxchurn.interactions.store._arrivals import Arrivals, Counts, by_day

# of each source, so many at most
_MOST = 10


def noticed(arrivals: Sequence[Arrivals]) -> tuple[str, ...]:
    """Say which sources and kinds ended early or had holes of days that the log's own days make implausible.

    Parameters
    ----------
    arrivals : sequence of Arrivals
        One a source.
    """
    ends = {one.source: max((day for *_, day in one.counts), default=0) + 1 for one in arrivals}
    said: list[str] = []
    for one in arrivals:
        found = list(_of_source(one, max(ends.values())))
        said += [f"{one.source}: {what}" for what in found[:_MOST]]
        if len(found) > _MOST:
            said.append(f"{one.source}: and {len(found) - _MOST} more.")
    return tuple(said)


def _of_source(one: Arrivals, end: int) -> Iterator[str]:
    own = by_day([one.counts])
    last, gaps = stopped(*own, end), holes(*own, end)
    if last is not None:
        yield f"rows stop arriving on {_said(last)}, while the log goes on."
    yield from (f"no row {_from_to(gap)}." for gap in gaps)
    if len(one.kinds) < 2:
        return
    until = end if last is None else last.since
    for kind in sorted(one.kinds):
        days, rows = by_day([_of_kind(one.counts, kind)])
        silence = stopped(days, rows, until)
        if silence is not None:
            yield f"{kind} rows stop arriving on {_said(silence)}, while others go on."
        yield from (f"no {kind} row {_from_to(gap)}." for gap in _others(holes(days, rows, until), gaps))


def _of_kind(counts: Counts, kind: str) -> Counts:
    return Counter({key: rows for key, rows in counts.items() if key[0] == kind})


def _others(found: Iterable[Silence], known: Sequence[Silence]) -> Iterator[Silence]:
    """Those that are not, but for a few days, what is known of all rows already."""
    for gap in found:
        shared = sum(
            max(0, min(gap.since + gap.days, one.since + one.days) - max(gap.since, one.since)) for one in known
        )
        if shared < gap.days / 2:
            yield gap


def _said(silence: Silence) -> str:
    return f"{_date(silence.since)} ({silence.days} empty days{late_words(silence)}, probability {likely(silence)})"


def _from_to(gap: Silence) -> str:
    last = _date(gap.since + gap.days - 1)
    return f"from {_date(gap.since)} to {last} ({gap.days} days, probability {likely(gap)})"


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def likely(silence: Silence) -> str:
    """Write how probable a silence was."""
    return f"{silence.probability:.0e}" if silence.probability > 1e-12 else "below 1e-12"


def late_words(silence: Silence) -> str:
    """Write how many events came after it began; "" where none did."""
    return f" but for {silence.late} late {'event' if silence.late == 1 else 'events'}" if silence.late else ""
