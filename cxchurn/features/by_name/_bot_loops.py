"""Round and round with a bot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure, Seen


@dataclass(frozen=True)
class BotsInRow(Measure):
    """How often in a row a bot had answered on the same matter, up to and including each answer; 0 where a person did.

    What the business sends by a bot is no answer to go round with. Where the log tells no matters, answers within some time
    of the one before are about the same.

    Parameters
    ----------
    within : str
    """

    within: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each answer, NaN for all other events."""
        human = events.is_one_of("agent", "human") & at_once(events)
        bot = events.is_one_of("agent", "bot") & at_once(events) & ~events.is_one_of("direction", "outbound")
        told = "case_id" in events
        same = events.of_matter() if told else events.of_customer()
        count = same.running(np.where(bot, 1.0, np.nan))
        before = same.previous(same.latest(np.where(human | bot, events.place, np.nan)))
        again = told | (events.place - before <= span(self.within).days)
        begun = same.latest(np.where(human, count, np.where(bot & ~again, count - 1.0, np.nan)))
        return np.where(human | bot, count - np.where(np.isnan(begun), 0.0, begun), np.nan)


@dataclass(frozen=True)
class BotLoop(Measure):
    """1 where a bot answered again, without a person in between; missing elsewhere.

    Parameters
    ----------
    within : str
    """

    within: str

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such answer, NaN elsewhere."""
        return np.where(events[BotsInRow(self.within)] >= 2, 1.0, np.nan)


class BotLoops(Builder):
    """Nobody minds a bot that helps: who had to go round with bots, and could not reach a person.

    An answer of a bot is a loop if the answer before on the same matter was a bot's too. Matters are told apart by
    ``case_id``; where the log lacks it, answers within `within` of the one before are about the same. What the business sends
    by a bot does not count, and a person ends it, whoever turned to whom. Columns: ``bot_loops_days_last`` (since the last
    loop), ``bot_loops_now`` (answers of bots on the last matter since a person spoke; 0 where a person did last), and for
    each window ``bot_loops_count_<window>`` and ``bot_loops_longest_<window>`` (the most answers of bots in a row).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    within : str, default "3D"

    Examples
    --------
    >>> model = cx.ChurnModel(churn, features=["standard", "BotLoops"])
    """

    driver = "bot_loops"
    needs = ("agent",)
    theme = "experience"
    actionable = True

    def __init__(self, *, windows: Sequence[str] = ("90D", "365D"), within: str = "3D") -> None:
        self.windows = windows
        self.within = within

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "bot_loops_days_last",
            seen.age(column=BotLoop(self.within)),
            says="was last answered by a bot twice in a row {value:when}",
            missing="was never answered by a bot twice in a row",
            unit="days",
            expects=-1,
        )
        yield Column(
            "bot_loops_now",
            seen.latest(BotsInRow(self.within)),
            says="got {value:#answer} from bots about their last matter, and none from a person since",
            zero="got the last answer from a person",
            missing="has never been answered",
            expects=1,
        )
        for w in spans(self.windows):
            yield from self._in(seen, w)

    def _in(self, seen: Seen, w: Span) -> Iterator[Column]:
        recent = seen.last(w)
        yield Column(
            f"bot_loops_count_{w}",
            recent.count_of(BotLoop(self.within)),
            says="was answered by a bot again instead of a person {value:#time} in the last {window}",
            zero="was never answered by a bot again instead of a person in the last {window}",
            window=w,
            expects=1,
        )
        yield Column(
            f"bot_loops_longest_{w}",
            recent.max(BotsInRow(self.within)),
            says="got up to {value:#answer} in a row from bots in the last {window}",
            zero="was answered by people only in the last {window}",
            missing="was not answered in the last {window}",
            window=w,
            expects=1,
        )
