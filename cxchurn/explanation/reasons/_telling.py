"""What a model's columns can tell: about which subject each is, and by which values it is a reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import cached_property, span_said
from cxchurn.features import Says, matter_of

EXPERIENCE, MONEY, RHYTHM = "experience", "money", "rhythm"
# the matter of those who read how interactions felt
FELT = "balance"
# what is nearer to the usual than this share of it is as usual
NEAR = 0.1
# a difference of shares that is less says nothing
POINT = 0.01
# steps grow fourfold: what no number of this size changes, none will
_LARGEST = 1e18
# a share of customers above which having a value is the rule
_MOST = 0.5


class Subject(NamedTuple):
    """What one reason can be about: a theme, and of experience a driver, or several that read the same thing."""

    theme: str
    matter: str


def subject_of(says: Says) -> Subject:
    """Return what a column's reason would be about."""
    return Subject(says.theme, matter_of(says.theme, says.driver))


@dataclass(frozen=True, eq=False)
class Telling:
    """What the columns of a model can tell, worked out once for all customers; see `telling_of`.

    A value tells why the risk is higher where it lies on the side of the usual that the column expects risk on (on either
    side for a column that expects none) by more than a tenth of it, is written otherwise than the usual, is not on the
    good side of the value that is neither good nor bad, and tells of more than a silence (`silent`). A missing value tells it
    where the column says so and most customers have a value. What tells why it is lower is the same on the other side; but
    how long ago something bad was, or for how long it goes on, does so only where most customers lived through it.

    Parameters
    ----------
    says : sequence of Says
        One a column.
    typical : mapping of str to float
        The usual value of each column: the median in training, of labels the most frequent one.
    present : mapping of str to float
        The share of customers in training that had a value; a column not named: everybody.
    """

    says: Sequence[Says]
    typical: Mapping[str, float]
    present: Mapping[str, float]

    @cached_property
    def subjects(self) -> list[Subject]:
        """What there can be reasons about, in the order in which columns come."""
        return list(dict.fromkeys(map(subject_of, self.says)))

    def matters_of(self, columns: np.ndarray) -> np.ndarray:
        """Return what the reasons that some columns tell are about, "" for -1; text, of the shape of `columns`."""
        return self._matters[columns]

    @cached_property
    def _matters(self) -> np.ndarray:
        # no column is -1: the last one
        return np.array([*(subject_of(one).matter for one in self.says), ""], dtype=object)

    @cached_property
    def columns(self) -> np.ndarray:
        """The columns subject by subject; int64, shape ``(columns,)``."""
        return np.argsort(self._owner, kind="stable")

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each subject begins in `columns`, and last where the last one ends; int64, shape ``(subjects + 1,)``."""
        return np.searchsorted(self._owner[self.columns], np.arange(len(self.subjects) + 1))

    @cached_property
    def experiences(self) -> np.ndarray:
        """Which subjects are experiences; bool, shape ``(subjects,)``."""
        return np.array([subject.theme == EXPERIENCE for subject in self.subjects], dtype=np.bool_)

    @cached_property
    def raising(self) -> np.ndarray:
        """From and up to which value, and whether (1) a missing one, tells why the risk is higher; shape ``(columns, 3)``."""
        return np.array([self._limits(one, one.expects, missing=True) for one in self.says]).reshape(-1, 3)

    @cached_property
    def acts(self) -> np.ndarray:
        """The columns of rhythm that say how long ago the customer did something; int64."""
        return np.flatnonzero([one.theme == RHYTHM and _is_ago(one) and one.expects > 0 for one in self.says])

    @cached_property
    def silent(self) -> np.ndarray:
        """After how many days without an act each column tells of nothing but the silence; float64, shape ``(columns, 2)``.

        What was spent in a window in which the customer did nothing does whatever it is (1), what they felt in it where that is
        nothing (0). So does an experience that was the last act itself, which -1 stands for: that the last thing they did went
        well long ago is no experience that drives them away.
        """
        return np.array([self._silent_after(one) for one in self.says], dtype=np.float64).reshape(-1, 2)

    @cached_property
    def lowering(self) -> np.ndarray:
        """The same for why the risk is lower; a missing value never tells it."""
        return np.array([self._limits(one, -one.expects, missing=False) for one in self.says]).reshape(-1, 3)

    def usual(self, says: Says) -> float:
        """Return what is usual of a column, NaN where nothing is known of it."""
        return self.typical.get(says.name, math.nan)

    @cached_property
    def usual_said(self) -> list[str | None]:
        """What is usual of each column, as its sentence writes it; None where there is nothing to write.

        Nor is there where most customers have no value: what is usual among the few that do is not what is usual.
        """
        return [one.amount(self.usual(one)) if self.is_rule(one) else None for one in self.says]

    def is_rule(self, says: Says) -> bool:
        """Return whether most customers in training had a value of a column."""
        return self.present.get(says.name, 1.0) > _MOST

    @cached_property
    def _owner(self) -> np.ndarray:
        place = {subject: number for number, subject in enumerate(self.subjects)}
        return np.array([place[subject_of(one)] for one in self.says], dtype=np.int64)

    def _seldom_lived(self, says: Says) -> bool:
        """Return whether a column says how long ago, or for how long by now, something bad was that most never lived through.

        That it was longer ago than usual keeps nobody, nor that it goes on for less long: what most have is better still.
        """
        ago = says.expects < 0 and _is_ago(says)
        goes_on = says.expects > 0 and "{value:days}" in says.one and says.window is None and says.theme == EXPERIENCE
        return (ago or goes_on) and not self.is_rule(says)

    def _silent_after(self, says: Says) -> tuple[float, float]:
        felt = subject_of(says).matter == FELT
        if says.window is not None and (felt or says.theme == MONEY):
            return span_said(says.window).days, float(not felt)
        # what would be bad never to have had: of what is bad to wait for, such as a word from us, the date is the reason
        last = says.theme == EXPERIENCE and _is_ago(says) and says.missing_tells
        return -1.0 if last else math.inf, 0.0

    def _limits(self, says: Says, side: int, *, missing: bool) -> tuple[float, float, float]:
        if says.silent or (not missing and self._seldom_lived(says)):
            return math.inf, -math.inf, 0.0
        if says.levels is not None:
            # labels have no direction, but what they are about may be good or bad in itself
            if side < 0:
                return math.inf, -math.inf, 0.0
            side = 0
        usual = self.usual(says)
        above = _nearest(says, usual, 1) if side >= 0 else math.inf
        below = _nearest(says, usual, -1) if side <= 0 else -math.inf
        return above, below, float(missing and says.missing_tells and self.is_rule(says))


def _is_ago(says: Says) -> bool:
    return "{value:when}" in says.one


def telling_of(model: Any) -> Telling:
    """Return what a fitted model's columns can tell, worked out once for it."""
    found: Telling | None = model.__dict__.get("_telling")
    if found is None or found.says is not model.features_.says_ or found.typical is not model.typical_:
        found = model._telling = Telling(model.features_.says_, model.typical_, model.present_)
    return found


def _nearest(says: Says, usual: float, way: int) -> float:
    """Return the value nearest to the usual, above (1) or below (-1), that is written otherwise and not on the good side."""
    if math.isnan(usual):
        return way * math.inf
    if says.levels is not None:
        return usual + way
    # a tenth of no difference is none: of shares a point is the least that is told
    least = max(NEAR * abs(usual), POINT if "{value:points" in says.one else 0.0)
    first, neutral = usual + way * least, says.neutral
    if neutral is not None and says.expects:
        first = way * max(way * first, way * neutral)
    differs, start = _differs(says, usual), math.nextafter(first, way * math.inf)
    found = _first(differs, start, way)
    # what has words of its own for none may differ there alone, as no differs from yes
    none = says.zero is not None and way * start <= 0 and differs(0.0)
    return way * min(way * found, 0.0) if none else found


def _differs(says: Says, usual: float) -> Callable[[float], bool]:
    """Return what tells whether a value is written otherwise than the usual: the number in it, and the whole sentence."""
    amount, sentence = says.amount(usual), says.sentence(usual)

    def differs(value: float) -> bool:
        said = says.amount(value)
        return (amount is None or said is None or said != amount) and says.sentence(value) != sentence

    return differs


def _first(differs: Callable[[float], bool], start: float, way: int) -> float:
    """Return the first value from `start` on that differs, to twelve digits, by halving; infinite for none."""
    if differs(start):
        return start
    # a sixty-fourth: no sentence writes numbers more finely than that at first, and doubling twice reaches any number soon
    near, step = start, max(abs(start), 1e-6) / 64
    while not differs(near + way * step):
        near, step = near + way * step, step * 4
        if step > _LARGEST:
            return way * math.inf
    far = near + way * step
    while abs(far - near) > 1e-12 * max(abs(far), abs(near), 1e-6):
        middle = (near + far) / 2
        near, far = (near, middle) if differs(middle) else (middle, far)
    # rounding leaps at numbers of few digits, and values lie on them more often than chance would have it
    edge = float(f"{far:.11g}")
    return edge if way * edge <= way * far and differs(edge) else far
