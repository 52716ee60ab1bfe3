"""Fitted features over a log: the as-of views of rows, with the labels and the tables that were learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import UsageError
from cxchurn.features.fitting._certain_roles import certain
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.fitting._learned import check_roles, roles_of
from cxchurn.features.fitting._nightly import nightly
from cxchurn.features.fitting._plan import plan_of
from cxchurn.features.fitting._rows import rows_on
from cxchurn.history import Seen, Which, as_of, each_part, history_of
from cxchurn.interactions import InteractionLog, in_zone

Answer = TypeVar("Answer")


class OverLog(FittedFeatures):
    """What a `FeatureSet` asks of the log that it is over."""

    def seen(self, X: pd.DataFrame) -> Seen:
        """Return the as-of view of all events of these rows, with the labels learned in ``fit``."""
        customers, cutoffs = rows_on(self._log(), X)
        return as_of(history_of(self._log()), customers, cutoffs, **self._about(cutoffs))

    def _lines(self, X: pd.DataFrame) -> np.ndarray:
        """Return the features of each row, a line a column, so that each is written in one piece."""
        more, plan = self._more(), plan_of(self)
        lines = np.empty((len(plan.names), len(X)), dtype=self.dtype)

        def write(rows: Which, seen: Seen) -> None:
            plan.fill(seen, lines, rows, more=more)

        for _ in self._each_part(X, write):
            pass
        return lines

    def _framed(self, lines: np.ndarray, index: pd.Index) -> pd.DataFrame:
        """Return lines as a frame: a view of them turned round, not a copy."""
        return pd.DataFrame(lines.T, columns=[says.name for says in self.says_], index=index, copy=False)

    def _more(self) -> bool:
        check_is_fitted(self)
        wanted = {role for role in self.roles_ if role in self.columns_ or role.startswith("customers")}
        check_roles(self._log(), wanted | certain(self.roles_, self.columns_))
        return roles_of(self._log()) > set(self.roles_)

    def _each_part(self, X: pd.DataFrame, task: Callable[[Which, Seen], Answer]) -> Iterator[Answer]:
        customers, cutoffs = rows_on(self._log(), X)
        yield from each_part(self._log(), customers, cutoffs, task, **self._about(cutoffs))

    def _about(self, cutoffs: np.ndarray) -> dict[str, Any]:
        references = nightly(self, self._log(), cutoffs) if self.references is None else self.references_
        return {**self.about_, "references": references.tables}

    def _log(self) -> InteractionLog:
        # days and hours are those of the log that was learned from, whatever log is looked at
        return in_zone(self._given(), self.timezone_)

    def _given(self) -> InteractionLog:
        if self.log is None:
            raise UsageError(
                "this feature set has no log.",
                allowed="a log; a pickle of a feature set holds no interactions, nor does what joblib sends to processes",
                hint="FeatureSet(..., log=log), or features.with_log(log); with scikit-learn's n_jobs= use threads.",
            )
        return self.log
