"""The hidden state of every customer on one day: all the simulator knows before it draws the next day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from cxchurn.datasets.world._effects import DECAYS, LEAKY
from cxchurn.datasets.world._people import People

NEVER = -(10**6)
_WORRY_KEPT = 0.85  # a day


@dataclass
class State:
    """Hidden state of the customers; arrays of shape ``(n,)``, days counted from the start, ``NEVER`` for no such day.

    Whatever the company will do is decided when its cause happens and stands here as a day to come. So if a customer
    does nothing, her future state follows from this one without any further chance.

    Parameters
    ----------
    moved : ndarray of shape (drivers, n)
        What experience has left behind, one fading sum for each of `LEAKY`.
    worry : ndarray
        Pressure to complain; fades, and is relieved by contact.
    here, cancelled, back : ndarray
        Still a customer; left by saying so; day of a return.
    plan, last : ndarray
        Plan now; day of the last customer-made interaction.
    case, opened, resolve, closed, complaint, is_open, touched : ndarray
        The latest matter: number, days, whether it is a complaint and is open, its last touchpoint.
    deliver, promised, faulty, refund : ndarray
        The order under way, whether it will prove faulty, whether money is owed back.
    follow, silence : ndarray
        Days of the follow-up after the last sale, and of noticing that none came.
    ask_delivered, ask_resolved, asked, survey, mood : ndarray
        Planned and last survey: day, type, how good the moment was that it asks about.
    act, act_well : ndarray
        Day on which a low score is acted on, or has plainly been ignored.
    bought, tier, points : ndarray
        Purchases since the last review of a loyalty scheme, the tier, and points not yet redeemed.
    regrets, sent_back, pay : ndarray
        Whether the last purchase will go back with the next occasion; days on which goods went back, and of the money.
    question, reply, replier : ndarray
        Days of the last question to other customers and of the answer to it, and who will answer.
    friend, friend_gone : ndarray
        The last customer brought, and the day on which they will leave.
    bots : ndarray
        How often in a row a bot has answered on the latest matter.
    """

    moved: np.ndarray
    worry: np.ndarray
    here: np.ndarray
    cancelled: np.ndarray
    back: np.ndarray
    plan: np.ndarray
    last: np.ndarray
    case: np.ndarray
    opened: np.ndarray
    resolve: np.ndarray
    closed: np.ndarray
    complaint: np.ndarray
    is_open: np.ndarray
    touched: np.ndarray
    deliver: np.ndarray
    promised: np.ndarray
    faulty: np.ndarray
    refund: np.ndarray
    follow: np.ndarray
    silence: np.ndarray
    ask_delivered: np.ndarray
    ask_resolved: np.ndarray
    asked: np.ndarray
    survey: np.ndarray
    mood: np.ndarray
    act: np.ndarray
    act_well: np.ndarray
    bought: np.ndarray
    tier: np.ndarray
    points: np.ndarray
    regrets: np.ndarray
    sent_back: np.ndarray
    pay: np.ndarray
    question: np.ndarray
    reply: np.ndarray
    replier: np.ndarray
    friend: np.ndarray
    friend_gone: np.ndarray
    bots: np.ndarray

    @property
    def balance(self) -> np.ndarray:
        """The emotional account."""
        return self.moved[LEAKY.index("balance")]

    def take(self, rows: np.ndarray) -> Self:
        """Return a copy for the customers at these positions, in this order; a position may come several times."""
        return type(self)(**{field.name: getattr(self, field.name)[..., rows] for field in fields(self)})

    def move(self, driver: str, who: np.ndarray, amount: np.ndarray | float) -> None:
        """Add an experience to one driver's fading sum; `who` holds distinct positions."""
        self.moved[LEAKY.index(driver), who] += amount

    def feel(self, who: np.ndarray, valence: np.ndarray | float) -> None:
        """Book a moment on the emotional account: withdrawals weigh double."""
        self.move("balance", who, np.where(np.asarray(valence) < 0, 2.0, 1.0) * valence)

    def fade(self) -> None:
        """Let one day pass over everything that fades."""
        self.moved *= DECAYS[:, None]
        self.worry *= _WORRY_KEPT


def first_state(people: People, rng: np.random.Generator) -> State:
    """Return the state on the first morning: those who joined earlier are here, with an open past."""
    n = len(people)
    here = people.signup < 0
    last = np.where(here, -1 - np.minimum(rng.exponential(1 / people.rate), 60).astype(np.int32), people.signup)

    def never() -> np.ndarray:
        return np.full(n, NEVER, np.int32)

    def no() -> np.ndarray:
        return np.zeros(n, bool)

    return State(
        moved=np.zeros((len(LEAKY), n)), worry=np.zeros(n), here=here, cancelled=no(), back=never(),
        plan=people.plan.copy(), last=np.maximum(last, people.signup).astype(np.int32),
        case=np.full(n, -1, np.int64), opened=never(), resolve=never(), closed=never(), complaint=no(), is_open=no(),
        touched=np.zeros(n, np.int8), deliver=never(), promised=never(), faulty=no(), refund=no(),
        follow=never(), silence=never(), ask_delivered=no(), ask_resolved=no(), asked=never(),
        survey=np.zeros(n, np.int8), mood=np.zeros(n), act=never(), act_well=no(),
        bought=np.zeros(n, np.int32), tier=np.ones(n, np.int8), points=np.zeros(n),
        regrets=no(), sent_back=never(), pay=never(), question=never(), reply=never(), replier=never(),
        friend=never(), friend_gone=never(), bots=np.zeros(n, np.int32),
    )  # fmt: skip
