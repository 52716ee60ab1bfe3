"""Until when a churn definition can be answered: the last moment at which what it counts was still arriving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY, iso, zone
from cxchurn.history import Where, events_by_day, histories_of, where
from cxchurn.interactions import Arrivals, Counts, InteractionLog, Silence, by_day, likely, stopped
from cxchurn.panel.churn._cancellation import Cancellation
from cxchurn.panel.churn._definition import ChurnDefinition
from cxchurn.panel.churn._own_labels import OwnLabels
from cxchurn.words import Phrase, some_of

_LOG_ENDS = "the log ends"


@dataclass(frozen=True)
class Ending:
    """Until when the outcomes of a churn definition were observed.

    Parameters
    ----------
    until : datetime64[us]
        Label windows that reach past this instant are not finished.
    why : str
        Why it is this instant, in words.
    probability : float, optional
        Where something seems to have stopped: how probable so long a silence would be, by the log's own days.
    notes : tuple of str
        Other silences, which are no end.
    """

    until: np.datetime64
    why: str
    probability: float | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.why == _LOG_ENDS:
            return f"the log on {iso(self.until)}"
        return f"observation on {iso(self.until)} ({self.why})"

    @property
    def said(self) -> tuple[str, ...]:
        """The end, where it is not the log's, and the notes, as sentences."""
        own = () if self.why == _LOG_ENDS else (Phrase("panel", "until", until=iso(self.until), why=self.why),)
        return (*own, *self.notes)


def counted(churn: ChurnDefinition) -> Where:
    """Return the events that decide an outcome: the activity whose end is churn, or the cancellation."""
    return where(kind=churn.kind) if isinstance(churn, Cancellation) else churn.populations.activity


def observed_end(log: InteractionLog, churn: ChurnDefinition) -> Ending:
    """Return until when outcomes were observed.

    That is the end of the log, but earlier where what the definition counts stopped arriving before: where no such event
    came on so many days that the log's own days make it implausible (`cxchurn.interactions.stopped`). A cancellation is rare,
    so its silence says nothing: there it is the sources that carry cancellations which have to be alive, by any of their rows.
    A source or a kind that stopped while others which count go on is no end, and is said. Where an end was said when reading,
    for the log or for a source, it is not doubted. A source that comes late is complete so long before the log's end.

    Parameters
    ----------
    log : InteractionLog
    churn : ChurnDefinition

    Returns
    -------
    Ending
    """
    kept = histories_of(log).cache.get(("ending", churn))
    if kept is not None:
        return kept
    # labels of the user's own were decided elsewhere: the log's silence says nothing of them
    if log.end_given or isinstance(churn, OwnLabels):
        return Ending(log.observed_until, _LOG_ENDS)
    events = events_by_day(log, counted(churn))
    kinds = sorted({kind for kind, *_ in events})
    sources = [one for one in log.arrivals if one.kinds & set(kinds)]
    ends = [Ending(log.observed_until, _LOG_ENDS), *_declared(log, sources)]
    notes: tuple[str, ...] = ()
    if any(one.until is None for one in sources) or not sources:
        what, alive = _alive(log, churn, events, kinds, sources)
        silence = _silence(log, alive)
        if silence is not None:
            ends.append(Ending(_midnight(log, silence.since), _words(what, silence), silence.probability))
        elif isinstance(churn, Cancellation):
            notes = tuple(_unheard(log, churn, events))
        else:
            notes = tuple(_retired(log, events, kinds, sources))
    notes += tuple(_unseen_ends(log, churn))
    # the earliest: an outcome is known where everything that may decide it was observed
    first = min(ends, key=lambda one: one.until)
    return Ending(first.until, first.why, first.probability, notes)


def preset_ending(log: InteractionLog, churn: ChurnDefinition, ending: Ending) -> None:
    """Let a log of some of the customers answer `observed_end` by what the events of all of them say."""
    histories_of(log).cache["ending", churn] = ending


def _alive(
    log: InteractionLog, churn: ChurnDefinition, events: Counts, kinds: list[str], sources: list[Arrivals]
) -> tuple[str, list[Counts]]:
    """Return what shows that outcomes are still observed, in words and by day."""
    if not isinstance(churn, Cancellation):
        named = getattr(churn, "kinds", None) is not None or len(kinds) == 1
        return (Phrase("panel", "kinds_events", kinds=some_of(kinds)) if named else Phrase("panel", "acts")), [events]
    if not sources:
        return Phrase("panel", "all_interactions"), [events_by_day(log)]
    names = some_of(one.source for one in sources)
    return Phrase("panel", "rows_of_with", sources=names, kinds=churn.kind), [one.counts for one in sources]


def _declared(log: InteractionLog, sources: Iterable[Arrivals]) -> Iterator[Ending]:
    for one in sources:
        if one.until is not None:
            yield Ending(min(one.until, log.observed_until), Phrase("panel", "complete", source=one.source))
        elif one.arrives:
            end = log.observed_until - np.timedelta64(one.arrives, "us")
            yield Ending(end, Phrase("panel", "late_source", source=one.source, days=one.arrives / DAY))


def _retired(log: InteractionLog, events: Counts, kinds: list[str], sources: list[Arrivals]) -> Iterator[str]:
    """Say what stopped though other things that count go on."""
    parts: dict[str, list[Counts]] = {
        Phrase("panel", "kinds_events", kinds=kind): [Counts({key: n for key, n in events.items() if key[0] == kind})]
        for kind in kinds
    }
    several = [one for one in sources if one.until is None and len(sources) > 1]
    parts |= {Phrase("panel", "rows_of", sources=one.source): [one.counts] for one in several}
    for what, counts in parts.items() if len(parts) > 1 else ():
        silence = _silence(log, counts)
        if silence is not None:
            yield Phrase("panel", "others_go_on", stop=_words(what, silence))


def _unseen_ends(log: InteractionLog, churn: ChurnDefinition) -> Iterator[str]:
    """Say where the sources that carry what ends a customer stopped: who left after that is not seen to have ended."""
    ended = set(churn.populations.ended_by)
    if isinstance(churn, Cancellation) or not ended:
        return
    for one in log.arrivals:
        silence = _silence(log, [one.counts]) if one.kinds & ended and one.until is None else None
        if silence is not None and len(log.arrivals) > 1:
            what = Phrase("panel", "rows_of_with", sources=one.source, kinds=some_of(sorted(one.kinds & ended)))
            yield Phrase("panel", "not_seen_to_end", stop=_words(what, silence))


def _unheard(log: InteractionLog, churn: Cancellation, events: Counts) -> Iterator[str]:
    silence = _silence(log, [events])
    if silence is not None:
        what = Phrase("panel", "kinds_events", kinds=churn.kind)
        yield Phrase("panel", "rows_go_on", stop=_words(what, silence))


def _silence(log: InteractionLog, counts: Iterable[Counts]) -> Silence | None:
    # the day in which observation ends was not observed whole
    return stopped(*by_day(counts), zone(log.timezone).day(log.observed_until))


def _midnight(log: InteractionLog, day: int) -> np.datetime64:
    return min(log.observed_until, zone(log.timezone).midnight(day))


def _words(what: str, silence: Silence) -> str:
    late = Phrase("panel", "late", n=silence.late) if silence.late else ""
    day = str(np.datetime64(silence.since, "D"))
    return Phrase("panel", "stop", what=what, day=day, n=silence.days, late=late, likely=likely(silence))
