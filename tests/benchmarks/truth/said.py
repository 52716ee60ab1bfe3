"""What is said first: the reason at the head of each customer's list, chosen in several ways, beside the truth."""

from __future__ import annotations

import numpy as np

from cxchurn.explanation import as_usual, choose_reasons, telling_of
from truth.attributions import Case
from truth.edits import AS_USUAL
from truth.measures import RAISES, Judged, mean

WEIGHT, EXPERIENCE = "the weightiest subject", "an experience, as `explain` has it"
CONFIRMED, NAMED = "the weightiest that as usual confirms", "the one that as usual ranks first"
MEASURES = ("experience, of those driven", "experience, of those kept", "truly raises", "in true two")


def said_first(case: Case) -> dict[str, np.ndarray]:
    """Return for each way which cause is said first of each row, -1 where it is no experience; int64, shape ``(n,)``.

    In the last two ways another question decides which experience it is, where one comes first: for every cause, what the
    log-odds lose had it been as usual (`as_usual`), less what customers at the same cut-off lose in the mean.
    """
    cause, points = _told(case, len(telling_of(case.model).subjects))
    lived, points = cause >= 0, np.nan_to_num(points, nan=-np.inf)
    less = np.where(lived, _lost(case)[np.arange(len(case.features)), cause], -np.inf)
    sure = np.where(lived & (less > 0), points, -np.inf)
    first = cause[0]
    confirmed = np.where((sure > -np.inf).any(axis=0), _highest(cause, sure), first)
    named = _highest(cause, less)
    return {
        WEIGHT: _highest(cause, points),
        EXPERIENCE: first,
        CONFIRMED: np.where(first >= 0, confirmed, -1),
        NAMED: np.where(first >= 0, named, -1),
    }


def measured_first(judged: Judged, cause: np.ndarray, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Return each measure for each draw of customers; for the draws see `measured`."""
    parts, told = judged.parts, cause >= 0
    true = parts[np.arange(len(parts)), cause]
    raised, second = parts.max(axis=1) >= RAISES, np.sort(parts, axis=1)[:, -2]
    experience = judged.truth["experience"].to_numpy()
    values = (
        mean(told, draws * judged.driven),
        mean(told, draws * (experience < experience.mean())),
        mean(true > 0, draws * told),
        mean(true >= second, draws * (told & raised)),
    )
    return dict(zip(MEASURES, values, strict=True))


def told_of(case: Case, cause: str, draws: np.ndarray, *, top: int = 3) -> np.ndarray:
    """Return how many of the experiences among everybody's reasons are this one, for each draw."""
    told, _ = _told(case, top)
    return (draws @ (told == case.causes.index(cause)).sum(axis=0)) / (draws @ (told >= 0).sum(axis=0))


def _told(case: Case, top: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's reasons: which cause they are about, -1 for none, and their points; shape ``(top, n)``."""
    raw, parts = case.model.explained(case.features)
    reasons = choose_reasons(telling_of(case.model), raw, parts, case.features.to_numpy(), top)
    # -1, for no reason, finds the last
    of_column = np.array([case.causes.index(one) if one in case.causes else -1 for one in case.told] + [-1])
    return of_column[reasons.columns], reasons.points


def _lost(case: Case) -> np.ndarray:
    """Return what the log-odds lose by each cause's edit, less the mean at the cut-off; shape ``(n, causes)``."""
    table = as_usual(case.model, case.test, experiences=AS_USUAL[case.world.company])
    lost = table[case.causes] - table.groupby("cutoff")[case.causes].transform("mean")
    return lost.to_numpy()


def _highest(cause: np.ndarray, by: np.ndarray) -> np.ndarray:
    return cause[by.argmax(axis=0), np.arange(cause.shape[1])]
