"""Where a judgement would flatter: rows that the model has learned from, outcomes of another meaning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn.words import Phrase


def cautions(model: Any, test: Any, train: Any = None) -> tuple[str, ...]:
    """Return what speaks against judging a model on these rows, one sentence each.

    Parameters
    ----------
    model : ChurnModel or other estimator
    test : Panel
        The rows judged on.
    train : Panel, optional
        The rows the model was fitted on, where it does not remember them itself.
    """
    learned = getattr(model, "training_panel_", None)
    learned = train if learned is None and not hasattr(model, "learned_from_") else learned
    churn = getattr(model, "churn_", getattr(learned, "definition", None))
    return (*_another_meaning(churn, test), *_learned_from(model, test, learned))


def _another_meaning(churn: Any, test: Any) -> list[str]:
    asked = getattr(test, "definition", churn)
    if churn is None or churn == asked:
        return []
    return [Phrase("evaluation", "another_meaning", learned=repr(churn), asked=repr(asked))]


def _learned_from(model: Any, test: Any, learned: Any) -> list[str]:
    seen, until = np.zeros(len(test.frame), dtype=bool), None
    if learned is not None and hasattr(learned, "definition"):
        seen = _rows_of(test).isin(_rows_of(learned))
        until = (learned.cutoffs + learned.definition.reach).max()
    elif hasattr(model, "learned_from_") and hasattr(test, "cutoffs"):
        seen, until = model.learned_from_.same(test), model.learned_from_.until_
    said: list[str] = []
    if seen.any():
        said += [Phrase("evaluation", "seen_rows", n=int(seen.sum()), rows=seen.size)]
    early = ~seen if until is None else ~seen & (test.cutoffs < until)
    if until is not None and early.any():
        day = f"{pd.Timestamp(until):%Y-%m-%d}"
        said += [Phrase("evaluation", "early_rows", n=int(early.sum()), rows=seen.size, until=day)]
    return said


def _rows_of(panel: Any) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([panel.frame["customer_id"], panel.cutoffs])
