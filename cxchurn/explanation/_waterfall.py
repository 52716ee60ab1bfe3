"""From the probability of customers in general to that of one customer, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, UsageError, did_you_mean, listed
from cxchurn.explanation._explanation import Explanation
from cxchurn.explanation._which_row import row_of
from cxchurn.explanation.reasons._probability import on_probability
from cxchurn.features import subject_words
from cxchurn.words import said, speaking

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

BASE, OTHERS, PROBABILITY = "base", "others", "probability"
_BY = ("driver", "theme", "column")
# bars that fit into a picture with their words; the rest is one bar, so that it still adds up
_MOST = 10


def waterfall(
    explanation: Explanation, customer: Any, *, by: str = "driver", cutoff: Any = None, most: int = _MOST
) -> pd.DataFrame:
    """Say step by step how one customer's probability to leave comes about.

    It starts at the base, from which all contributions are counted (about what customers in general have), and every step adds
    the contribution of one driver, theme or column, the largest first, until the customer's own probability is reached.

    Parameters
    ----------
    explanation : Explanation
        Of rows among which the customer is.
    customer : text or integer
        The customer's id.
    by : {"driver", "theme", "column"}
        What the steps are.
    cutoff : instant, optional
        Which of the customer's rows. Default: the last one.
    most : int, default 10
        How many steps are shown; the smaller ones together are the step ``others``.

    Returns
    -------
    DataFrame
        One row a step: ``part`` (``base`` first, ``probability`` last), ``words`` (what it is called towards people; of a
        column its sentence), ``points`` (by how much it moves the probability, in points: hundredths of probability),
        ``begins`` and ``ends`` (where the step begins and ends, in points).

    Raises
    ------
    UsageError
        Where the customer, or the cut-off, is not among the rows.

    Examples
    --------
    >>> cx.waterfall(explanation, "C-000042", by="theme").columns.tolist()
    ['part', 'words', 'points', 'begins', 'ends']
    """
    if by not in _BY:
        raise UsageError(f"by is {by!r}.", allowed=listed(_BY), hint=did_you_mean(by, _BY))
    row = row_of(explanation, customer, cutoff)
    points = 100 * _contributions(explanation, by).iloc[row]
    steps = _largest(points[points != 0], most)
    base = 100 / (1 + np.exp(-explanation.base))
    ends = base + np.cumsum([0.0, *steps])
    last = 100 * float(explanation.probability[row])
    with speaking(explanation.language):
        words = _words(explanation, row, by, steps.index, customer)
    return pd.DataFrame(
        {
            "part": [BASE, *steps.index, PROBABILITY],
            "words": words,
            "points": [base, *steps, last],
            "begins": [0.0, *ends[:-1], 0.0],
            "ends": [*ends, last],
        }
    )


def _contributions(explanation: Explanation, by: str) -> pd.DataFrame:
    if by == "column":
        return on_probability(explanation.contributions, explanation.base, away=explanation.raw - explanation.base)
    return getattr(explanation, f"by_{by}")(scale="probability")


def _largest(points: pd.Series, most: int) -> pd.Series:
    """Return the largest steps, and the sum of the others as one more."""
    ranked = points.loc[points.abs().sort_values(ascending=False, kind="stable").index]
    if len(ranked) <= most + 1:
        return ranked
    return pd.concat([ranked.head(most), pd.Series({OTHERS: ranked.iloc[most:].sum()})])


def _words(explanation: Explanation, row: int, by: str, steps: pd.Index, customer: Any) -> list[str]:
    """Return what each step is called, the first and the last too."""
    known = _sentences(explanation, row) if by == "column" else {name: subject_words(str(name)) for name in steps}
    called = (said("explain", "all_else") if name == OTHERS else known[name] for name in steps)
    return [said("explain", "in_general"), *called, said("explain", "this_customer", customer=str(customer))]


def _sentences(explanation: Explanation, row: int) -> dict[Any, str]:
    values = explanation.features.iloc[row]
    return {says.name: says.sentence(float(values[says.name])) for says in explanation.says}
