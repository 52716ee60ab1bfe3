"""Taking the pulse: what each touchpoint was like, month by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, UsageError, did_you_mean, listed, span, step
from cxchurn.explanation.periods import _assumption
from cxchurn.explanation.periods._calendar import Calendar, calendar_of
from cxchurn.explanation.periods._counting import Counting, each_history
from cxchurn.explanation.periods._estimate import Scope
from cxchurn.explanation.periods._events import PartEvents, Windows
from cxchurn.explanation.periods._groups import groups_of
from cxchurn.explanation.periods._kinds import kinds_of
from cxchurn.explanation.periods._moments import Shape
from cxchurn.explanation.periods._result import Pulse
from cxchurn.explanation.periods._table import estimated, notes_of, table_of
from cxchurn.history import History, histories_of
from cxchurn.interactions import InteractionLog

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def pulse(
    log: InteractionLog,
    *,
    by: Sequence[str] | None = None,
    measures: Sequence[str] = (),
    every: str = "month",
    since: Any = None,
    until: Any = None,
    assume: Any = None,
    against: int = 3,
    solved_within: str = "7D",
    answered_within: str = "14D",
    about_within: str = "30D",
    fewest: int = 20,
) -> Pulse:
    """Show what each touchpoint was like, month by month, and what of it moved beyond noise.

    Customers in touch, contacts, waits, being passed on, matters solved, tone, and the scores of surveys with who answered.
    Everything is of the time when it happened, on the clock of the log's zone. A survey belongs to the touchpoint and the month
    of the interaction that it asks about (the customer's last one before the invitation, of the same matter where there is
    one), not to the e-mail that asked.

    A contact is what a customer did themselves, purchases and visits included: what the company sent, surveys, and rows that
    only say that something became known are none. So there are fewer contacts than interactions, which a ledger counts. Waits,
    being passed on, tone and the log's own measures are of every interaction that has one, whoever reached out (who is called
    back has waited for it); only the tone of a survey's answer is not that of the e-mail which asked.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    by : tuple of str, optional
        The columns of labels that tell groups apart; ``()`` takes everything together. Default: ``("touchpoint",)``, or
        ``("kind",)`` where the log has no touchpoints.
    measures : tuple of str
        Measures of the log's own whose means are shown beside the rest, such as ``("hours_to_resolve",)``.
    every : {"month", "quarter", "week"}
    since, until : instant, optional
        Default: all of the log.
    assume : "alike" or mapping of survey to number, optional
        What the silent would have said. ``"alike"`` (default): what those said who answered after an experience like theirs.
        A mapping such as ``{"nps": -20, "csat": -0.1, "ces": -0.5}``: so much more or less than those of the same cell.
    against : int, default 3
        A period is compared with so many before it, taken together.
    solved_within : str, default "7D"
        A contact is solved if its matter was closed within this time; contacts whose time is not over are not counted.
    answered_within : str, default "14D"
        An answer belongs to the customer's last invitation within this time; one without it is silence once the time is over.
    about_within : str, default "30D"
        How far back the interaction may lie that an invitation asks about.
    fewest : int, default 20
        Of fewer customers no interval is given, and nothing is compared.

    Returns
    -------
    Pulse
        ``.table`` has one row a group, period and measure; it prints as the latest whole period of each group, with what moved.

    Examples
    --------
    >>> cx.pulse(log, by=("touchpoint",)).table["measure"].unique()[:4].tolist()
    ['customers', 'contacts', 'wait_s', 'wait_s_p90']
    """
    assumed = _assumption.checked(assume)
    _positive(against=against, fewest=fewest)
    windows = Windows(
        span(solved_within, name="solved_within").microseconds,
        span(answered_within, name="answered_within").microseconds,
        span(about_within, name="about_within").microseconds,
    )
    calendar, groups, kinds = calendar_of(log, every, since, until), groups_of(log, _by(log, by)), kinds_of(log)
    shape = Shape(len(groups), len(calendar), against)
    blank = partial(Counting, shape, log.roles, _further(log, measures))
    with step("taking the pulse"):
        counting = _counted(log, blank, lambda history: PartEvents(history, groups, calendar, kinds, windows))
        scopes = _scopes(calendar, windows, against, fewest)
        estimates = list(estimated(counting, calendar, shape, kinds, scopes, assumed))
    table = table_of(estimates, groups, calendar, scopes)
    notes = tuple(notes_of(table, calendar, counting, kinds, assumed, against))
    return Pulse(table, groups.by, every, notes)


def _counted(
    log: InteractionLog, blank: Callable[[], Counting], events_of: Callable[[History], PartEvents]
) -> Counting:
    """Return what is counted over the whole log, part by part."""

    def counted(history: History) -> Counting:
        part = blank()
        part.add(events_of(history))
        return part

    counting = blank()
    for part in each_history(histories_of(log, clock="happened"), counted):
        counting.join(part)
    return counting


def _by(log: InteractionLog, by: Sequence[str] | None) -> Sequence[str]:
    if by is not None:
        return by
    return ("touchpoint",) if "touchpoint" in log.roles else ("kind",)


def _further(log: InteractionLog, measures: Sequence[str]) -> tuple[str, ...]:
    if isinstance(measures, str):
        raise UsageError(
            f"measures is the text {measures!r}.",
            allowed="a tuple of measures",
            hint=f"write measures=({measures!r},).",
        )
    for name in measures:
        if name not in log.measures:
            raise UsageError(
                f"measures names {name!r}, which is no measure of the log.",
                allowed=listed(log.measures, most=40) or "none: the log has no measures",
                hint=did_you_mean(str(name), log.measures),
            )
    return tuple(dict.fromkeys(measures))


def _positive(**numbers: Any) -> None:
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise UsageError(f"{name} is {number!r}.", allowed="a whole number, 1 or more")


def _scopes(calendar: Calendar, windows: Windows, against: int, fewest: int) -> dict[str, Scope]:
    """Return what can be told of numbers that are there at once, of what is solved, and of surveys."""
    waits = {"": 0, "solved": windows.solved, "surveys": windows.answer}
    return {name: Scope(calendar.whole(length), against, fewest) for name, length in waits.items()}
