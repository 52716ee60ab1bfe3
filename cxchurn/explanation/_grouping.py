"""Which segment each customer at risk is in: by the first experience that raises the risk, else by the first reason."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.explanation._explanation import Explanation
from cxchurn.explanation.reasons._chosen import choose_reasons
from cxchurn.explanation.reasons._telling import EXPERIENCE, Telling, subject_of

NO_REASON, NOT_AT_RISK, OTHER = "no reason that can be told", "not at risk", "other reasons"


class Grouping(NamedTuple):
    """The segment of each row.

    Attributes
    ----------
    subject : ndarray of object, shape (n,)
        What the telling reason is about: a driver of experience, or a theme; else `NO_REASON` or `NOT_AT_RISK`.
    column : ndarray of int64, shape (n,)
        The column that tells it, -1 for none.
    points : ndarray of float64, shape (n,)
        How much its subject raises the risk, in points of probability; NaN for none.
    """

    subject: np.ndarray
    column: np.ndarray
    points: np.ndarray


def grouped(explanation: Explanation, at_risk: np.ndarray) -> Grouping:
    """Return the segment of each row of an explanation.

    Parameters
    ----------
    explanation : Explanation
    at_risk : ndarray of bool, shape (n,)
    """
    telling = Telling(explanation.says, explanation.typical, explanation.present)
    parts = np.column_stack([explanation.contributions.to_numpy(), np.full(len(explanation), explanation.base)])
    features = explanation.features.to_numpy()
    chosen = choose_reasons(telling, explanation.raw, parts, features, len(telling.subjects))
    lived = np.array([says.theme == EXPERIENCE for says in telling.says] + [False])[chosen.columns]
    place = np.where(lived.any(axis=0), lived.argmax(axis=0), 0)
    rows = np.arange(len(explanation))
    column, points = (table[place, rows] if len(table) else np.full(rows.size, -1) for table in chosen)
    names = [subject.matter for subject in map(subject_of, telling.says)]
    subject = np.array([*names, NO_REASON], dtype=object)[column]
    return Grouping(
        subject=np.where(at_risk, subject, NOT_AT_RISK),
        column=np.where(at_risk, column, -1),
        points=np.where(at_risk & (column >= 0), points, np.nan),
    )
