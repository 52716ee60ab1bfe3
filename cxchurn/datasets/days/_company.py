"""The company's day: deliveries, solutions, follow-ups, promotions. All decided earlier, so nothing here is drawn."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.days._community import news_of_others
from cxchurn.datasets.days._money_back import pay_back
from cxchurn.datasets.days._scheme import GIVEN_UP, review
from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import CSAT, EMAIL, HUMAN, NPS, PHONE, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import NEVER, State

_RESTED = 30  # days between two survey invitations


def company_day(people: People, state: State, calendar: Calendar, day: int, diary: Diary) -> None:
    """Let one day fade what has been, and carry out what the company had under way for it."""
    state.fade()
    _deliver(state, day, diary)
    _resolve(state, day, diary)
    _neglect(state, day)
    _follow_up(people, state, day, diary)
    _act_on_scores(state, day, diary)
    _promote(people, state, calendar, day, diary)
    review(people, state, calendar, day, diary)
    pay_back(state, day, diary)
    news_of_others(state, day, diary)


def close_matters(state: State, day: int, who: np.ndarray, diary: Diary) -> None:
    """Close the matters of `who`: complaints put right within a week count as recovered; money owed is paid back."""
    took = day - state.opened[who]
    state.move("speed", who, np.where(took > 0, np.clip((took - 3) / 7, -0.3, 2.0), 0.0))
    state.move("recovery", who, (state.complaint[who] & (took <= 7)) * 1.0)
    state.is_open[who] = False
    state.closed[who] = day
    owed = who[state.refund[who] & state.complaint[who]]
    diary.write(day, owed, "refund", case=state.case[owed])
    state.refund[owed] = False


def invite(state: State, day: int, who: np.ndarray, survey: np.ndarray | int, mood: np.ndarray, diary: Diary) -> None:
    """Ask those of `who` for a score who have not been asked within a month."""
    rested = day - state.asked[who] > _RESTED
    asked = who[rested]
    state.asked[asked] = day
    state.survey[asked] = survey if np.isscalar(survey) else np.asarray(survey)[rested]
    state.mood[asked] = mood[rested]
    diary.write(day, asked, "survey", touchpoint=EMAIL, invited=1, score_type=state.survey[asked])


def _deliver(state: State, day: int, diary: Diary) -> None:
    who = np.flatnonzero(state.deliver == day)
    late = day - state.promised[who]
    broken, faulty = late > 0, state.faulty[who]
    diary.write(day, who, "delivery", promised=state.promised[who])
    state.move("basics", who, np.where(broken, -1.0 - 0.15 * np.minimum(late, 8), 0.2) - 1.2 * faulty)
    state.feel(who, np.where(faulty, -0.5, np.where(broken, -0.35, 0.15)))
    state.worry[who] += np.where(broken, 0.4 + 0.1 * np.minimum(late, 8), 0.0) + 1.0 * faulty
    state.refund[who] |= faulty
    state.faulty[who] = False
    state.deliver[who] = NEVER
    asked = state.ask_delivered[who]
    invite(state, day, who[asked], NPS, np.where(broken | faulty, -0.6, 0.35)[asked], diary)


def _resolve(state: State, day: int, diary: Diary) -> None:
    who = np.flatnonzero(state.is_open & (state.resolve == day))
    diary.write(day, who, "resolved", touchpoint=state.touched[who], agent=HUMAN, resolved=1, case=state.case[who])
    quick = day - state.opened[who] <= 7
    close_matters(state, day, who, diary)
    state.feel(who, np.where(quick, 0.3, 0.0))
    asked = state.ask_resolved[who]
    invite(state, day, who[asked], CSAT, np.where(quick, 0.3, -0.4)[asked], diary)


def _neglect(state: State, day: int) -> None:
    who = np.flatnonzero(state.is_open & (state.opened == day - 14))
    state.move("speed", who, 1.0)
    state.move("recovery", who, -1.5 * state.complaint[who])
    state.feel(who, -0.4)


def _follow_up(people: People, state: State, day: int, diary: Diary) -> None:
    who = np.flatnonzero((state.follow == day) & state.here)
    by_phone = people.digital[who] < 0.6
    _reach_out(state, day, who[by_phone], "call", PHONE, diary)
    _reach_out(state, day, who[~by_phone], "email", EMAIL, diary)
    state.move("after_sale", who, 1.0)
    state.move("after_sale", np.flatnonzero((state.silence == day) & state.here), -0.6)


def _act_on_scores(state: State, day: int, diary: Diary) -> None:
    due = (state.act == day) & state.here
    well, ignored = np.flatnonzero(due & state.act_well), np.flatnonzero(due & ~state.act_well)
    _reach_out(state, day, well, "call", PHONE, diary)
    state.move("feedback", well, 1.0)
    state.move("feedback", ignored, -1.0)


def _reach_out(state: State, day: int, who: np.ndarray, kind: str, touchpoint: int, diary: Diary) -> None:
    diary.write(day, who, kind, touchpoint=touchpoint, agent=HUMAN)
    state.move("attention", who, 1.0)
    state.move("human_touch", who, 0.5)
    state.feel(who, 0.2)


def _promote(people: People, state: State, calendar: Calendar, day: int, diary: Diary) -> None:
    if calendar.segment[day] < 0:
        return
    reached = (people.segment == calendar.segment[day]) & people.consent & (people.signup < day) & ~state.cancelled
    who = np.flatnonzero(reached & (day - state.last <= GIVEN_UP))
    diary.write(day, who, "campaign", touchpoint=EMAIL)
    state.move("attention", who, -0.5)
