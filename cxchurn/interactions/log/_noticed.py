"""What is worth a look though it breaks no rule: sources and kinds that stopped, and holes of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from cxchurn.interactions.log._silence import Silence, holes, stopped
from cxchurn.interactions.store._arrivals import Arrivals, Counts, by_day

# of each source, so many at most
_MOST = 10


@dataclass(frozen=True)
class Noticed:
    """A source or kind that ended early, or a hole of days in it.

    Parameters
    ----------
    source : str
        Which data it was.
    kind : str
        Of which kind; "" for all rows of the source.
    stopped : bool
        Whether it did not go on afterwards.
    silence : Silence
        The days without rows.
    """

    source: str
    kind: str
    stopped: bool
    silence: Silence

    @property
    def says(self) -> str:
        """What there is to be said of it, without the source."""
        rows = f"{self.kind} rows" if self.kind else "rows"
        if self.stopped:
            goes_on = "others go on" if self.kind else "the log goes on"
            return f"{rows} stop arriving on {_said(self.silence)}, while {goes_on}."
        return f"no {rows.removesuffix('s')} {_from_to(self.silence)}."


def noticed(arrivals: Sequence[Arrivals]) -> tuple[str, ...]:
    """Say which sources and kinds ended early or had holes of days that the log's own days make implausible.

    Parameters
    ----------
    arrivals : sequence of Arrivals
        One a source.
    """
    said: list[str] = []
    for source, found in groupby(silences(arrivals), key=lambda one: one.source):
        all_ = list(found)
        said += [f"{source}: {one.says}" for one in all_[:_MOST]]
        if len(all_) > _MOST:
            said.append(f"{source}: and {len(all_) - _MOST} more.")
    return tuple(said)


def silences(arrivals: Sequence[Arrivals]) -> list[Noticed]:
    """Return what `noticed` says, all of it, source after source."""
    ends = {one.source: max((day for *_, day in one.counts), default=0) + 1 for one in arrivals}
    return [found for one in arrivals for found in _of_source(one, max(ends.values()))]


def _of_source(one: Arrivals, end: int) -> Iterator[Noticed]:
    own = by_day([one.counts])
    last, gaps = stopped(*own, end), holes(*own, end)
    if last is not None:
        yield Noticed(one.source, "", True, last)
    yield from (Noticed(one.source, "", False, gap) for gap in gaps)
    if len(one.kinds) < 2:
        return
    until = end if last is None else last.since
    for kind in sorted(one.kinds):
        days, rows = by_day([_of_kind(one.counts, kind)])
        silence = stopped(days, rows, until)
        if silence is not None:
            yield Noticed(one.source, kind, True, silence)
        yield from (Noticed(one.source, kind, False, gap) for gap in _others(holes(days, rows, until), gaps))


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
