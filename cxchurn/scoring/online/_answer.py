"""Answers: several customers at once share one pass over the trees, and each gets the numbers it would get alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxchurn.explain import sentences, telling_columns
from cxchurn.history import History
from cxchurn.model import probability_of_raw
from cxchurn.scoring.online._on_file import OnFile
from cxchurn.scoring.online._result import CustomerScore
from cxchurn.scoring.online._served import Served
from cxchurn.scoring.online._state import State
from cxchurn.scoring.online._why_not import NEVER_SEEN, why_not

NOT_ELIGIBLE = "not eligible"


class Asked(NamedTuple):
    """A customer who is asked about, by the id that the answer shall have, and what is known."""

    customer_id: str | int
    key: str
    state: State | None
    on_file: tuple[OnFile, ...]


def answers(served: Served, asked: Sequence[Asked], at: np.datetime64, reasons: int) -> list[CustomerScore]:
    """Return the scores of customers as of an instant, in their order."""
    histories = [served.history(one.key, one.state, one.on_file) for one in asked]
    cutoff = int(at.astype(np.int64))
    about = [_eligible(served, history, at, cutoff) for history in histories]
    there = [place for place, (why, _) in enumerate(about) if not why]
    said = _predicted(served, [(asked[place].key, histories[place]) for place in there], at, reasons)
    found = dict(zip(there, said, strict=True))
    versions = served.model.version_, served.references_version(at)

    def answer(place: int) -> CustomerScore:
        customer, (why, silent) = asked[place].customer_id, about[place]
        if place in found:
            return CustomerScore(customer, *found[place], silent, "", "", at, *versions)
        words = why_not(why, served.model.churn_, histories[place], cutoff)
        return CustomerScore(customer, None, NOT_ELIGIBLE, (), False, words, why, at, *versions)

    return [answer(place) for place in range(len(asked))]


def _eligible(served: Served, history: History, at: np.datetime64, cutoff: int) -> tuple[str, bool]:
    if not len(history) or history.place[0] >= cutoff:
        return NEVER_SEEN, False
    return served.eligible(history, at)


def _predicted(
    served: Served, customers: Sequence[tuple[str, History]], at: np.datetime64, reasons: int
) -> list[tuple[float, str, tuple[str, ...]]]:
    """Return the probability, the band and the reasons of customers who are asked about."""
    if not customers:
        return []
    model = served.model
    X = np.array([served.plan.one(history, key, at) for key, history in customers])
    raw, parts = model.explained_of_matrix(X) if reasons else (model.raw_score_of_matrix(X), None)
    probability = probability_of_raw(raw)
    bands = model.bands_.name(probability)
    told: list[tuple[str, ...]] = [()] * len(customers)
    if parts is not None:
        says = served.features.says_
        columns = telling_columns(parts[:, :-1], says, reasons)
        words = [sentences(line, X, says, model.typical_) for line in columns]
        told = [tuple(text for text in row if text) for row in zip(*words, strict=True)]
    return list(zip(probability.tolist(), bands.tolist(), told, strict=True))
