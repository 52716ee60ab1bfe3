"""The customers at cut-offs that claims are tested on, and how likely each was to leave by rhythm and profile alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cxchurn._core import cached_property
from cxchurn.features import Activity, Attributes, FeatureSet
from cxchurn.history import Seen, Where, ask_as_of, count_between
from cxchurn.interactions import InteractionLog
from cxchurn.panel import Panel

# as many labels of an attribute are told apart
_LABELS = 12
_SPANS = ("30D", "90D")


class Study:
    """Rows of a panel, and what can be asked about them.

    Parameters
    ----------
    panel : Panel
    window : str
        The span before each cut-off in which customers are exposed, or not.
    """

    def __init__(self, panel: Panel, window: str) -> None:
        self.panel = panel
        self.window = window
        self.customers = panel.frame["customer_id"].to_numpy()
        self.cutoffs = panel.frame["cutoff"].to_numpy().astype("datetime64[us]")
        self.churned = panel.frame["churned"].to_numpy().astype(np.float64)
        self.whose = pd.factorize(self.customers)[0]
        self.group = np.unique(self.cutoffs, return_inverse=True)[1]

    def __len__(self) -> int:
        return self.churned.size

    @property
    def log(self) -> InteractionLog:
        """Where the rows come from."""
        return self.panel.log

    def ask(self, question: Callable[[Seen], np.ndarray]) -> np.ndarray:
        """Return the answer to a question about each row, as of its cut-off; its type, shape ``(n,)``."""
        populations = self.panel.definition.populations
        return ask_as_of(self.log, self.customers, self.cutoffs, question, populations=populations)

    def happens(self, what: Where) -> np.ndarray:
        """Return whether anything of a condition happens in each row's label window; float64, shape ``(n,)``."""
        between = self.panel.definition.label_window(self.cutoffs)
        return (count_between(self.log, self.customers, *between, what) > 0).astype(np.float64)

    def expected(self, outcome: np.ndarray) -> np.ndarray:
        """Return how likely each row's outcome is by rhythm and profile alone; float64, shape ``(n,)``.

        A logistic regression on how lately and how often customers were active, how long they are known, what they spent, what
        is on file about them, and the cut-off (a prognostic score; Hansen, "The prognostic analogue of the propensity score",
        2008). What they experienced is not in it.
        """
        if outcome.min() == outcome.max():
            return np.full(outcome.size, outcome.mean())
        return LogisticRegression(max_iter=1000).fit(self._likeness, outcome).predict_proba(self._likeness)[:, 1]

    @cached_property
    def _likeness(self) -> np.ndarray:
        columns = [*self._rhythm(), *self._profile(), *_one_hot(self.group)]
        return StandardScaler().fit_transform(np.column_stack(columns))

    def _rhythm(self) -> Iterator[np.ndarray]:
        for question in _questions("value" in self.log.roles):
            answer = np.log1p(np.maximum(np.nan_to_num(self.ask(question)), 0.0))
            yield answer
            yield answer**2

    def _profile(self) -> Iterator[np.ndarray]:
        if self.log.customers is None:
            return
        kinds = self.log.customers.attributes
        dates = tuple(name for name, kind in kinds.items() if kind == "time")
        # activity is there for tables of which hindsight leaves nothing
        builders = [Activity(), Attributes(tuple(kinds), dates=dates)]
        features = FeatureSet(builders, log=self.log, churn=self.panel.definition).fit_transform(self.panel.frame)
        for name in features.columns:
            if name.startswith(f"{Attributes.driver}_"):
                yield from _as_numbers(features[name].to_numpy())


def _as_numbers(values: np.ndarray) -> Iterator[np.ndarray]:
    """Yield an attribute of few values as one column a value, others on a scale without outliers."""
    codes = pd.factorize(values, use_na_sentinel=False)[0]
    if codes.max(initial=0) < _LABELS:
        yield from _one_hot(codes)
    else:
        known = np.nan_to_num(values)
        yield np.sign(known) * np.log1p(np.abs(known))


def _questions(has_value: bool) -> list[Callable[[Seen], Any]]:
    """Return what is asked about rhythm: of activity alone, which is never more than the customers' own acts."""

    def of(question: Callable[[Seen], np.ndarray]) -> Callable[[Seen], np.ndarray]:
        return lambda seen: question(seen.of("activity"))

    found = [of(lambda seen: seen.age()), of(lambda seen: seen.age(nth=2)), of(lambda seen: seen.age_of_first())]
    found.append(of(lambda seen: seen.count()))
    found.append(of(lambda seen: seen.age() * seen.count() / np.maximum(seen.age_of_first(), 1.0)))
    found += [of(_lately(span)) for span in _SPANS]
    return [*found, *([of(lambda seen: seen.sum("value"))] if has_value else [])]


def _lately(span: str) -> Callable[[Seen], np.ndarray]:
    return lambda seen: seen.last(span).count()


def _one_hot(codes: np.ndarray) -> Iterator[np.ndarray]:
    """Yield one column a code, but for the first."""
    for code in range(1, int(codes.max(initial=0)) + 1):
        yield (codes == code).astype(np.float64)
