"""What a model said beside what came, cut-off by cut-off, and why the two differ where they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import clustered_mean
from cxchurn.evaluation.metrics._curves import wilson
from cxchurn.words import said, value_words

ALL = "all"
AS_SAID, TOO_HIGH, TOO_LOW = "as said", "too high", "too low"


def said_and_came(evaluation: Any, model: str | None = None) -> pd.DataFrame:
    """Return, cut-off by cut-off, which share of customers a model said would leave, and which share left.

    Parameters
    ----------
    evaluation : Evaluation or Backtest
    model : str, optional
        Which of the models. Default: the first, which is the one that was judged.

    Returns
    -------
    DataFrame
        One row a cut-off, and last one for ``all``: cutoff, rows, churned, said (mean probability), came (share that
        churned), low, high (95 % interval of the share that came: Wilson's inside a cut-off, clustered by customer over all),
        verdict ("as said" where the interval holds what was said, else "too high" or "too low").

    Examples
    --------
    >>> cx.said_and_came(evaluation).columns.tolist()
    ['cutoff', 'rows', 'churned', 'said', 'came', 'low', 'high', 'verdict']
    """
    rows = evaluation.predictions
    name = str(evaluation.lift["model"].iloc[0]) if model is None else model
    promised, came = rows[name].to_numpy(dtype=np.float64), rows["churned"].to_numpy(dtype=np.float64)
    by = pd.DataFrame({"cutoff": rows["group"].astype(str), "said": promised, "churned": came}).groupby(
        "cutoff", sort=True
    )
    table = by.agg(rows=("said", "size"), churned=("churned", "sum"), said=("said", "mean")).reset_index()
    # inside a cut-off a customer is one row; over all of them several, which go together
    low, high = wilson(table["churned"], table["rows"])
    _, *ends = clustered_mean(came, rows["customer_id"].to_numpy())
    last = {"cutoff": ALL, "rows": len(rows), "churned": came.sum(), "said": promised.mean()}
    table = pd.concat([table, pd.DataFrame([last])], ignore_index=True)
    table["came"] = table["churned"] / table["rows"]
    table["low"], table["high"] = np.clip([*low, ends[0]], 0, 1), np.clip([*high, ends[1]], 0, 1)
    table["verdict"] = np.select(
        [table["said"] > table["high"], table["said"] < table["low"]], [TOO_HIGH, TOO_LOW], AS_SAID
    )
    table["churned"] = table["churned"].astype(np.int64)
    return table[["cutoff", "rows", "churned", "said", "came", "low", "high", "verdict"]]


def calibration_verdict(evaluation: Any) -> str:
    """Say in a sentence what the model said, what came, and why they differ where they do.

    The reason is looked for where it can be seen: in the rate of churn of the rows that the model had learned from.

    Parameters
    ----------
    evaluation : Evaluation or Backtest

    Examples
    --------
    >>> cx.calibration_verdict(evaluation)
    'Said 12.5%, came 11.5%: as said, although the rate fell (16.1% in training).'
    """
    overall = said_and_came(evaluation).iloc[-1]
    learned = getattr(evaluation, "learned", None)
    why = "" if learned is None else _why(overall, learned.rate)
    verdict = value_words("evaluation", overall["verdict"])
    return said("evaluation", "said_and_came", said=overall["said"], came=overall["came"], verdict=verdict, why=why)


def _why(overall: pd.Series, rate: float) -> str:
    """Return how the rate moved since training, where the verdict needs an explanation."""
    # by the interval of what came: a rate that may not have moved explains nothing
    moved = "fell" if rate > overall["high"] else "rose" if rate < overall["low"] else "stayed"
    if overall["verdict"] == AS_SAID and moved == "stayed":
        return ""
    explains = moved != "stayed" and overall["verdict"] == (TOO_HIGH if moved == "fell" else TOO_LOW)
    return said("evaluation", f"{'because' if explains else 'although'}_{moved}", before=rate)
