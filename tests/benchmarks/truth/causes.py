"""Which cause a column tells of, and which theme: where contributions and truth are added up before they are compared.

Facts that several families tell (a bad tone is in the balance, the peak, the moments) belong to one cause; so does what the
simulator keeps apart although the log shows it as one (the account of goodwill and its overdraft).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxchurn.features import Says

OTHERS = ("rhythm", "money", "profile", "compared")
OURS: Mapping[str, str] = {
    "speed": r"effort_wait|speed|consistency_wait|disruption_wait",
    "effort": r"effort|basics_first_time|consistency_touchpoints",
    "basics": r"basics|refunds",
    "goodwill": r"balance|peak_end|moments|consistency|disruption_valence",
    "human_touch": r"human_touch",
    "recovery": r"recovery|.*_complaint|journey_dead",
    "care": r"after_sale|attention",
    "feedback": r"feedback",
    "word_of_mouth": r"word_of_mouth",
}
# what the simulator's drivers are called here, where that is not their own name
OURS_TRUTH = {
    "balance": "goodwill", "overdrawn": "goodwill", "moments": "goodwill", "after_sale": "care", "attention": "care",
    "recency": "rhythm", "value": "money", "tenure": "profile", "attributes": "profile", "clock": "profile",
    "personality": "hidden",
}  # fmt: skip
FOREIGN: Mapping[str, str] = {
    "wait": r"effort_wait|speed_wait|consistency_wait|disruption_wait",
    "transfers": r"effort_transfers",
    "unresolved": r"effort|speed|basics_first_time|attention_(unanswered|waiting)|consistency_touchpoints|journey_dead",
    "promise": r"basics|refunds",
    "care": r"after_sale|attention|human_touch",
    "tone": r"balance|peak_end|moments|recovery|consistency|disruption_valence",
}


def subjects(says: Sequence[Says], causes: Mapping[str, str]) -> list[str]:
    """Return what each column tells of: its theme, or of an experience the first cause whose pattern its name begins with."""
    return [one.theme if one.theme in OTHERS else _cause(one.name, causes) for one in says]


def summed(contributions: np.ndarray, told: Sequence[str], causes: Sequence[str]) -> pd.DataFrame:
    """Return contributions added up by subject: the causes, then the other themes; shape ``(n, subjects)``."""
    names = [*causes, *OTHERS]
    which = np.array([names.index(one) for one in told])
    return pd.DataFrame({name: contributions[:, which == k].sum(axis=1) for k, name in enumerate(names)})


def _cause(name: str, causes: Mapping[str, str]) -> str:
    return next(cause for cause, pattern in causes.items() if re.match(pattern, name))
