"""Answers: several customers at once share one pass over the trees, and each gets the numbers it would get alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import UsageError
from cxchurn.explanation import Chosen, Telling, choose_reasons, reason, telling_of
from cxchurn.features import language_of_model
from cxchurn.history import History
from cxchurn.model import probability_of_raw
from cxchurn.scoring._words import NEVER_SEEN, NOT_ELIGIBLE
from cxchurn.scoring.online._result import CustomerScore
from cxchurn.scoring.online._served import Served
from cxchurn.scoring.online._why_not import why_not
from cxchurn.scoring.online.store._on_file import OnFile, is_dated
from cxchurn.scoring.online.store._shape import KNOWN
from cxchurn.scoring.online.store._state import State
from cxchurn.words import speaking

# customers whose features are made at once
_BATCH = 256


class Asked(NamedTuple):
    """A customer who is asked about, by the id that the answer shall have, and what is known."""

    customer_id: str | int
    key: str
    state: State | None
    on_file: tuple[OnFile, ...]


def answers(serving: Served, asked: list[Asked], at: np.datetime64, reasons: int) -> list[CustomerScore]:
    """Return the scores of customers as of an instant, in their order; some hundred at once."""
    parts = (asked[begin : begin + _BATCH] for begin in range(0, len(asked), _BATCH))
    return [answer for part in parts for answer in _together(serving, part, at, reasons)]


def _together(served: Served, asked: Sequence[Asked], at: np.datetime64, reasons: int) -> list[CustomerScore]:
    found: dict[int, CustomerScore] = {}
    # what is on file with a date and without is not looked up alike
    for dated in (False, True):
        places = [place for place, one in enumerate(asked) if is_dated(one.on_file) == dated]
        if places:
            found |= zip(places, _answers(served, [asked[place] for place in places], at, reasons), strict=True)
    return [found[place] for place in range(len(asked))]


def _answers(served: Served, asked: Sequence[Asked], at: np.datetime64, reasons: int) -> Iterator[CustomerScore]:
    nothing = State.empty(served.shape)
    states = [nothing if one.state is None else one.state for one in asked]
    # somebody asked about twice stands there twice, each with a place of one's own
    history = served.history([one.key for one in asked], states, [one.on_file for one in asked])
    cutoff = int(at.astype(np.int64))
    seen = np.array([state.size > 0 and state.times[KNOWN, 0] < cutoff for state in states])
    why, silent = served.eligible(history, at)
    why = np.where(seen, why, NEVER_SEEN)
    there = np.flatnonzero(why == "")
    said = dict(zip(there.tolist(), _predicted(served, history, there, at, reasons), strict=True))
    versions = served.model.version_, served.references_version(at)
    for place, one in enumerate(asked):
        if place in said:
            yield CustomerScore(one.customer_id, *said[place], bool(silent[place]), "", "", at, *versions)
            continue
        # by this customer's events alone, so that the words are the same whoever is asked about beside
        alone = served.history([one.key], [states[place]], [one.on_file])
        with speaking(language_of_model(served.model)):
            words = why_not(str(why[place]), served.model.churn_, alone, cutoff)
        yield CustomerScore(
            one.customer_id, None, NOT_ELIGIBLE, (), (), (), False, words, str(why[place]), at, *versions
        )


def _predicted(
    served: Served, history: History, which: np.ndarray, at: np.datetime64, reasons: int
) -> list[tuple[float, str, tuple[str, ...], tuple[float, ...], tuple[str, ...]]]:
    """Return the probability, the band and the reasons, with points and subjects, of customers who are asked about."""
    if not which.size:
        return []
    model = served.model
    # made for all at once, and the same bits as for each alone (law 4)
    X = served.vectors(history, which, at)
    raw, parts = model.explained_of_matrix(X) if reasons else (model.raw_score_of_matrix(X), None)
    probability = probability_of_raw(raw)
    bands = model.bands_.name(probability)
    if parts is None:
        return [(one, band, (), (), ()) for one, band in zip(probability.tolist(), bands.tolist(), strict=True)]
    telling = telling_of(model)
    reasons_of = _reasons_of(telling, choose_reasons(telling, raw, parts, X, reasons), X)
    return [
        (one, band, *said) for one, band, said in zip(probability.tolist(), bands.tolist(), reasons_of, strict=True)
    ]


def _reasons_of(
    telling: Telling, chosen: Chosen, X: np.ndarray
) -> Iterator[tuple[tuple[str, ...], tuple[float, ...], tuple[str, ...]]]:
    """Yield each row's reasons: their sentences, points and subjects."""
    subjects = telling.matters_of(chosen.columns)
    lines = zip(chosen.columns.T.tolist(), chosen.points.T.tolist(), subjects.T.tolist(), strict=True)
    for row, (columns, points, about) in enumerate(lines):
        # reasons stand first: what is none comes behind them
        number = sum(column >= 0 for column in columns)
        said = tuple(reason(telling, column, X[row, column]) for column in columns[:number])
        yield said, tuple(points[:number]), tuple(about[:number])


def count_of(reasons: Any) -> int:
    """Return how many reasons are asked for, or refuse what is no such number."""
    if isinstance(reasons, bool) or not isinstance(reasons, (int, np.integer)) or reasons < 0:
        raise UsageError(f"reasons is {reasons!r}.", allowed="a whole number, 0 or more")
    return int(reasons)
