"""What moves customers' probabilities, by how many points on average, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxchurn._core import Deferred, UsageError, clustered_mean, did_you_mean, listed
from cxchurn.explanation._explanation import Explanation
from cxchurn.features import subject_words
from cxchurn.words import speaking

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_BY = ("driver", "theme")


def importance(explanation: Explanation, *, by: str = "driver") -> pd.DataFrame:
    """Say what moves customers' probabilities to leave, by how many points on average, and how sure that is.

    Contributions are on the probability scale (`Explanation.by_driver`), so that a customer's points add up to the probability
    less that of customers in general. Intervals hold for other customers of the same kind: rows of one customer count as
    one cluster.

    Parameters
    ----------
    explanation : Explanation
    by : {"driver", "theme"}
        What the contributions are summed by.

    Returns
    -------
    DataFrame
        The strongest first: ``driver`` (or ``theme``), ``words`` (what it is called towards people), ``points`` (mean size of
        its contribution, in points: hundredths of probability), ``share`` (of all sizes), ``raises`` and ``lowers`` (mean of
        its positive and of its negative contributions over all rows, in points); and the 95 % intervals ``low`` and ``high``
        (of ``points``), ``raises_low``, ``raises_high``, ``lowers_low``, ``lowers_high``.

    Examples
    --------
    >>> sorted(cx.importance(explanation, by="theme")["theme"])
    ['experience', 'money', 'profile', 'rhythm']
    """
    if by not in _BY:
        raise UsageError(f"by is {by!r}.", allowed=listed(_BY), hint=did_you_mean(by, _BY))
    points = 100 * getattr(explanation, f"by_{by}")(scale="probability")
    customers = explanation.rows["customer_id"].to_numpy()
    with speaking(explanation.language):
        table = pd.DataFrame({by: points.columns, "words": [subject_words(str(name)) for name in points.columns]})
    sides = {"": points.abs(), "raises": points.clip(lower=0), "lowers": points.clip(upper=0)}
    for side, values in sides.items():
        mean, low, high = clustered_mean(values.to_numpy(), customers)
        ends = ("low", "high") if not side else (f"{side}_low", f"{side}_high")
        table[side or "points"], table[ends[0]], table[ends[1]] = mean, low, high
    total = float(table["points"].sum())
    table.insert(3, "share", table["points"] / total if total > 0 else 0.0)
    return table.sort_values(["points", by], ascending=[False, True], kind="stable").reset_index(drop=True)
