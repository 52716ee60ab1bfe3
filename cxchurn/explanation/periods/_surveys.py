"""Surveys: which invitation an answer answers, and which interaction it is about.

A score belongs to the group and the period of the interaction that it is about, not to the e-mail that asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from cxchurn.explanation.periods._before import in_series, latest_before
from cxchurn.explanation.periods._events import PartEvents
from cxchurn.history import Labels


@dataclass(frozen=True)
class Asks:
    """Invitations, answered or not, and answers that nobody had asked for; every array has shape ``(n,)``.

    Parameters
    ----------
    customer, group, period : ndarray of int64
        Of the interaction that is asked about.
    survey : ndarray of int64
        Which of `Kinds.scored`; -1 where nothing tells it.
    invited : ndarray of bool
    score : ndarray of float64
        NaN for silence.
    over : ndarray of bool
        Whether the time to answer is over, or the answer there.
    found : ndarray of bool
        Whether an interaction to ask about was found; else the group is that of the survey itself.
    tone, solved, wait_s : ndarray of float64
        What the interaction was like, NaN where nothing tells it.
    """

    customer: np.ndarray
    group: np.ndarray
    period: np.ndarray
    survey: np.ndarray
    invited: np.ndarray
    score: np.ndarray
    over: np.ndarray
    found: np.ndarray
    tone: np.ndarray
    solved: np.ndarray
    wait_s: np.ndarray

    def __len__(self) -> int:
        return self.customer.size

    def take(self, rows: np.ndarray) -> Asks:
        """Return some of them, by a mask or positions."""
        return Asks(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def asks_of(events: PartEvents) -> Asks:
    """Return the invitations and the answers among the events of a part whose interaction lies in the periods looked at."""
    score, invited = events.numbers("score").copy(), events.numbers("invited") == 1
    survey = _surveys(events)
    taken = _answer(events, score, invited, survey)
    rows = np.flatnonzero((invited | ~np.isnan(score)) & ~taken)
    about = _about(events, rows)
    found = about >= 0
    place = np.where(found, about, rows)
    late = events.times[rows] + events.windows.answer > events.calendar.observed
    asks = Asks(
        customer=events.customer[rows],
        group=events.group[place],
        period=events.period[place],
        survey=survey[rows],
        invited=invited[rows],
        score=score[rows],
        over=~late | ~np.isnan(score[rows]),
        found=found,
        tone=np.where(found, events.numbers("sentiment")[place], np.nan),
        solved=np.where(found, events.solved[place], np.nan),
        wait_s=np.where(found, events.numbers("wait_s")[place], np.nan),
    )
    return asks.take(asks.period >= 0)


def _surveys(events: PartEvents) -> np.ndarray:
    """Return which survey each row is about; one without a type is of the only type there is, if there is only one."""
    column = events.history.columns.get("score_type")
    only = 0 if len(events.kinds.scored) == 1 else -1
    untyped = events.kinds.scored.index("") if "" in events.kinds.scored else only
    if not isinstance(column, Labels):
        return np.full(len(events), untyped)
    return np.where(column.present, column.positions(events.kinds.scored), untyped)


def _answer(events: PartEvents, score: np.ndarray, invited: np.ndarray, survey: np.ndarray) -> np.ndarray:
    """Write the scores of answers to the invitations that they answer, and return which rows were taken for that.

    An answer goes to the customer's last invitation to that survey, if it comes in time and is the first.
    """
    answers = ~np.isnan(score) & ~invited & events.survey
    open_ = invited & np.isnan(score)
    taken = np.zeros(len(events), dtype=bool)
    for number in range(len(events.kinds.scored)):
        asked = latest_before(open_ & (survey == number), events.starts)
        rows = np.flatnonzero(answers & (survey == number) & (asked >= 0))
        rows = rows[events.times[rows] - events.times[asked[rows]] <= events.windows.answer]
        first = rows[np.unique(asked[rows], return_index=True)[1]]
        score[asked[first]] = score[first]
        taken[first] = True
    return taken


def _about(events: PartEvents, rows: np.ndarray) -> np.ndarray:
    """Return what each survey is about: itself, the last interaction of its matter, or the customer's last; -1 for none."""
    plain = ~events.survey & ~events.later & events.told
    last = latest_before(plain, events.starts)
    order, starts, _ = in_series(events.matter)
    same = np.full(len(events), -1)
    within = latest_before(plain[order], starts)
    same[order] = np.where(within >= 0, order[within], -1)
    about = np.where(same >= 0, same, last)[rows]
    about = np.where(events.survey[rows], about, rows)
    old = events.times[rows] - events.times[about] > events.windows.about
    return np.where((about >= 0) & ~old, about, -1)
