"""What the score would be, had the silent answered: under an assumption that is stated, for nobody can know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.explanation.periods._surveys import Asks
from cxchurn.interactions import SCALES
from cxchurn.words import Phrase, Together

ALIKE = "alike"
_SURVEYS = ("nps", "csat", "ces", "score")
# so many answers a class of customers needs to speak for its silent ones
_FEWEST = 10
# as sentences about tones have it: in between is neither
_BAD, _GOOD = -0.2, 0.2


def checked(assume: Any) -> str | dict[str, float]:
    """Return an assumption: "alike", or how far the silent differ from those who answered, by survey."""
    if assume is None or assume == ALIKE:
        return ALIKE
    if not isinstance(assume, Mapping):
        raise UsageError(
            f"assume is {assume!r}.",
            allowed="'alike', or a mapping of survey to how much more (or less) the silent would say",
            hint="assume={'nps': -20, 'csat': -0.1, 'ces': -0.5}",
        )
    for name, shift in assume.items():
        if name not in _SURVEYS:
            raise UsageError(
                f"assume names the survey {name!r}.", allowed=listed(_SURVEYS), hint=did_you_mean(str(name), _SURVEYS)
            )
        if isinstance(shift, bool) or not isinstance(shift, (int, float)) or not np.isfinite(shift):
            raise UsageError(f"assume[{name!r}] is {shift!r}.", allowed="a number")
    return {str(name): float(shift) for name, shift in assume.items()}


def words(assume: str | dict[str, float]) -> Phrase:
    """Say the assumption."""
    if isinstance(assume, str):
        return Phrase("pulse", "assume_alike")
    shifts = [Phrase("pulse", f"shift_{name}", shift=shift) for name, shift in assume.items()]
    return Phrase("pulse", "assume_shifted", shifts=Together(shifts or [Phrase("pulse", "no_shift")]))


def weights(asks: Asks, groups: int) -> np.ndarray:
    """Return for how many of those asked each answer speaks; 0 for the silent; float64, shape ``(n,)``.

    Invitations are put into classes by survey, group and what the experience was like; an answer speaks for as many as there
    are of its class for each answer (the weighting-class method; Little, "Survey nonresponse adjustments for estimates of
    means", 1986). Classes with few answers are put together, first over the wait, then over whether it was solved, then over
    the tone.

    Parameters
    ----------
    asks : Asks
        Invitations whose time to answer is over.
    groups : int
    """
    answered = ~np.isnan(asks.score)
    own = asks.survey * groups + asks.group
    tone = np.where(np.isnan(asks.tone), 0, 1 + (asks.tone > _BAD) + (asks.tone > _GOOD)).astype(np.int64)
    solved = np.where(np.isnan(asks.solved), 0, 1 + (asks.solved > 0)).astype(np.int64)
    usual = _usual(asks, groups)
    slow = np.where(np.isnan(asks.wait_s), 0, 1 + (asks.wait_s > usual)).astype(np.int64)
    classes = [((own * 4 + tone) * 3 + solved) * 3 + slow, (own * 4 + tone) * 3 + solved, own * 4 + tone, own]
    found = np.zeros(answered.size)
    rest = np.ones(answered.size, dtype=bool)
    for level, numbers in enumerate(classes):
        rows = np.flatnonzero(rest)
        _, place = np.unique(numbers[rows], return_inverse=True)
        asked = np.bincount(place)
        given = np.bincount(place, weights=answered[rows])
        enough = (given >= _FEWEST) | (level == len(classes) - 1)
        each = np.divide(asked, given, out=np.zeros(asked.size), where=given > 0)
        found[rows] = np.where(enough[place] & answered[rows], each[place], 0.0)
        rest[rows[enough[place]]] = False
    return found


def _usual(asks: Asks, groups: int) -> np.ndarray:
    """Return the median wait of each one's group."""
    medians = np.full(groups, np.nan)
    known = ~np.isnan(asks.wait_s)
    for group in np.unique(asks.group[known]).tolist():
        medians[group] = np.median(asks.wait_s[known & (asks.group == group)])
    return medians[asks.group]


def shifted(score: np.ndarray, cell: np.ndarray, shift: float) -> np.ndarray:
    """Return one number for each of those asked, whose mean in a cell is ``mean + (1 - answered) shift``; float64, ``(n,)``.

    What answers leave over the mean of their cell is weighed by how many answered, so that the spread of these numbers is the
    error of the whole, that of the mean and that of the share answered.

    Parameters
    ----------
    score : ndarray of float64, shape (n,)
        NaN for the silent.
    cell : ndarray of int64, shape (n,)
    shift : float
    """
    answered = ~np.isnan(score)
    _, place = np.unique(cell, return_inverse=True)
    given = np.bincount(place, weights=answered)
    total = np.bincount(place, weights=np.nan_to_num(score))
    mean = np.divide(total, given, out=np.full(given.size, np.nan), where=given > 0)[place]
    rate = (given / np.maximum(np.bincount(place), 1))[place]
    return np.where(answered, mean + (score - mean) / np.where(rate > 0, rate, 1.0), mean + shift)


def as_measured(survey: str, score: np.ndarray) -> np.ndarray:
    """Return what each answer counts in a survey's number, NaN for silence.

    NPS: 100 for a promoter (9 or 10), -100 for a detractor (0 to 6), else 0; the mean is the net promoter score (Reichheld,
    "The one number you need to grow", 2003). CSAT: 1 for the two best of five, else 0. CES: the answer, from 1 (very hard) to 7
    (very easy), as asked since 2013 (CEB, "Shifting the loyalty curve"). Other scores: the answer.
    """
    missing = np.isnan(score)
    if survey == "nps":
        counted = 100.0 * (score >= SCALES["nps"][1] - 1) - 100.0 * (score <= 6)
    elif survey == "csat":
        counted = (score >= SCALES["csat"][1] - 1).astype(np.float64)
    else:
        counted = score
    return np.where(missing, np.nan, counted)
