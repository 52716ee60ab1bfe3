"""Feature sets: builders as a scikit-learn transformer from (customer, cut-off) to features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, Detached, as_pandas, check_output, listed, span
from cxchurn.features._builder import Builder
from cxchurn.features._standard import suited
from cxchurn.features.fitting._compute import said_by
from cxchurn.features.fitting._depths import depths_of
from cxchurn.features.fitting._labels import about_rare, labels_of
from cxchurn.features.fitting._learned import catalogue_of, families_of, roles_of
from cxchurn.features.fitting._nightly import carried, moved
from cxchurn.features.fitting._over_log import OverLog
from cxchurn.features.fitting._plan import Plan, plan_of
from cxchurn.features.fitting._proven import called_for
from cxchurn.features.fitting._rows import ROWS, rows_on
from cxchurn.features.profile._hindsight import screen
from cxchurn.features.shared._references import FEWEST, References
from cxchurn.history import Seen, Which, no_rows
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition, populations_on
from cxchurn.words import currency_of, words_of

Answer = TypeVar("Answer")


class FeatureSet(TransformerMixin, Detached, OverLog, BaseEstimator):
    """Turns customers at cut-offs into features of their past, one row in, one row out.

    A scikit-learn transformer: the log comes in by the constructor, rows by ``transform``. What is learned in ``fit`` is
    which families the log can feed, and which labels were known before the last training cut-off; so a row's features
    depend on that customer's past alone.

    Parameters
    ----------
    builders : list of Builder, optional
        Default: `standard` for the log and horizon; with fewer than 1,000 rows to learn from `small`, because many columns
        on few rows lose to a few good ones.
    log : InteractionLog
        Where the past is. A shared handle: cloning does not copy it.
    horizon : str, default "60D"
        The horizon that the standard builders' windows follow; and how long after the log's start (or the look-back's edge)
        a first interaction may be one of an older customer.
    churn : ChurnDefinition, optional
        What ends a customer and what counts as activity (`Populations`), and who is asked about, for builders that compare
        with everybody (`Comparing`). Default: nothing ends a customer, every own act counts, everybody known is asked about.
    references : References, optional
        What those builders compare with. Default: tables made of the log (of everybody) for each cut-off's week, as a nightly
        batch would have had them. Over another log (`with_log`), loaded, and for one customer those it carries serve.
    dtype : {"float64", "float32"}
        What the features are kept in. They are worked out in float64; float32 takes half the memory.
    lookback : str, optional
        How far back features see: only events in ``[T - lookback, T)``, such as ``"365D"``. A log that is read from there on
        gives the same features to the bit. Who is asked about is decided from all of the past. Default: the whole log.
    min_customers : int, default 10
        The labels that fewer customers have are not learned: one so rare may be an address or a name.

    Attributes
    ----------
    builders_ : list of Builder
        Those that are on.
    families_ : DataFrame
        One row a builder: ``driver``, ``builder``, ``on``, ``why`` (the roles that are missing), ``columns``, ``sees``
        (whose events), ``idea``, ``lacks`` (the roles that the log has not).
    known_ : dict of str to tuple of str
        The labels learned, by column: the 50 most frequent; none of a column that tells customers apart (such as an
        e-mail address). Where the own acts or the activity had others, these stand under ``column@own`` and
        ``column@activity``.
    churn_ : ChurnDefinition or None
        The churn definition, with everything said that it leaves to the log.
    timezone_ : str
        The zone whose days, weeks and hours count: that of the log in ``fit``.
    populations_ : Populations
        Whose act an event was, by the churn definition; without one, a kind that sounds like leaving ends a customer where the
        log shows that it does.
    references_ : References
        The tables it carries: those given, else those of the weeks of the cut-offs in ``fit``.
    depths_ : Depths
        Where the log began, and how far back its histories reached from the cut-offs.
    says_ : list of Says
        What the columns say, in their order.
    spare_ : list of Says
        What the columns say that a model left out: copies of others, and constants.
    notes_ : tuple of str
        The attributes left out because nobody could have known them, and why; how many labels were too rare.
    called_ : tuple of str
        The drivers of the builders that `plan` calls as they are because their columns came out otherwise.
    columns_ : tuple of str
        The columns of the log that are asked for, beside who and when: all that has to be read to make the features
        (``read_interactions(..., only=features.columns_)``).

    Examples
    --------
    >>> features = cx.FeatureSet([cx.Recency(), cx.Volume()], log=log).fit(panel.frame)
    >>> features.transform(panel.frame).shape
    (2272, 57)
    """

    def __init__(
        self,
        builders: Sequence[Builder] | None = None,
        *,
        log: InteractionLog | None = None,
        horizon: str = "60D",
        churn: ChurnDefinition | None = None,
        references: References | None = None,
        dtype: str = "float64",
        lookback: str | None = None,
        min_customers: int = FEWEST,
    ) -> None:
        self.builders = builders
        self.log = log
        self.horizon = horizon
        self.churn = churn
        self.references = references
        self.dtype = dtype
        self.lookback = lookback
        self.min_customers = min_customers

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn which families the log can feed, and the labels known before the last cut-off.

        Parameters
        ----------
        X : DataFrame
            Columns ``customer_id`` and ``cutoff``.
        """
        log, self._plan = self._given(), None
        self.timezone_ = log.timezone
        customers, cutoffs = rows_on(log, X)
        if not len(cutoffs):
            raise DataError("there is no row to learn from.", allowed="at least one (customer_id, cutoff)")
        wanted = list(suited(log, self.horizon, rows=len(cutoffs)) if self.builders is None else self.builders)
        screened = screen(wanted, log, customers, cutoffs)
        roles, wanted = roles_of(log), screened.builders
        self.builders_ = [builder for builder in wanted if not builder.lacks(roles)]
        # as of the last cut-off: what ends a customer must not be decided by what came after the rows
        self.churn_ = None if self.churn is None else self.churn.resolved(log, at=cutoffs.max())
        self.populations_ = populations_on(log, self.churn, horizon=self.horizon, at=cutoffs.max())
        self.depths_ = depths_of(log, customers, cutoffs)
        since = self._begins(cutoffs.min())
        self.known_, rare = labels_of(
            log, cutoffs.max(), customers, self.populations_, since=since, fewest=self.min_customers
        )
        self.notes_ = (*screened.notes, *about_rare(rare, self.min_customers))
        self.references_ = carried(self, log, cutoffs)
        empty = no_rows(log, **self.about_)
        back = None if self.lookback is None else span(self.lookback).words
        words, currency = words_of(log.schemas), currency_of(self.known_)
        self.says_ = said_by(self.builders_, empty, lookback=back, words=words, currency=currency)
        self.spare_ = []
        self.roles_ = tuple(sorted(screened.roles(roles, asked=empty.attributes_asked_for())))
        self.families_ = families_of(wanted, roles, empty)
        self.columns_ = self._asked_for(empty)
        self.n_features_in_, self.feature_names_in_ = len(ROWS), np.array(ROWS, dtype=object)
        if not self.says_:
            raise DataError(
                "no builder makes a column for this log." + "".join(f"\n{note}." for note in self.notes_),
                hint=f"the log has the roles {listed(sorted(roles))}.",
            )
        self.called_ = called_for(self, log, customers, cutoffs)
        return self

    def set_output(self, *, transform: str | None = None) -> Self:
        """Say what sort of frame ``transform`` returns, as scikit-learn has it.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, optional
            ``"polars"`` needs the extra ``polars``; its frames have no index. Default: as it was.

        Examples
        --------
        >>> features = cx.FeatureSet([cx.Recency()], log=log).set_output(transform="polars")
        >>> type(features.fit_transform(panel.frame)).__module__.partition(".")[0]
        'polars'
        """
        if transform == "polars":
            check_output(transform)
        return super().set_output(transform=transform)  # type: ignore[no-any-return]

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the features of each row, in the order of the rows.

        Parameters
        ----------
        X : DataFrame
            Columns ``customer_id`` and ``cutoff``.

        Returns
        -------
        DataFrame of float64 (or `dtype`), with the index of `X`; one of polars after ``set_output(transform="polars")``

        Raises
        ------
        MismatchError
            Where the log lacks a role that was there in ``fit``.
        """
        X = as_pandas(X)
        return self._framed(self._lines(X), X.index)

    def transform_parts(self, X: pd.DataFrame, *, then: Callable[[pd.DataFrame], Any] | None = None) -> Iterator[Any]:
        """Yield the features part by part of the log, for what does not fit into memory at once.

        Parameters
        ----------
        X : DataFrame
            Columns ``customer_id`` and ``cutoff``.
        then : callable, optional
            What is made of the features of a part, in the thread that made them and beside others; that is yielded in their
            place, and the features are gone.

        Yields
        ------
        DataFrame
            The features of the rows whose customers are in one part, with their index in `X`. All parts together are what
            ``transform`` gives.

        Examples
        --------
        >>> features = cx.FeatureSet([cx.Recency()], log=log).fit(panel.frame)
        >>> for k, frame in enumerate(features.transform_parts(panel.frame)):
        ...     frame.to_parquet(f"part-{k:04}.parquet")
        """
        X, more, plan = as_pandas(X), self._more(), plan_of(self)

        def make(rows: Which, seen: Seen) -> Any:
            index = X.index[rows]
            values = np.empty((len(plan.names), len(index)), dtype=self.dtype)
            plan.fill(seen, values, slice(None), more=more)
            frame = self._framed(values, index)
            return frame if then is None else then(frame)

        yield from self._each_part(X, make)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns."""
        check_is_fitted(self)
        return np.array([says.name for says in self.says_], dtype=object)

    def plan(self) -> Plan:
        """Return what the builders ask of a customer's past, worked out once; it prints readably."""
        check_is_fitted(self)
        return plan_of(self)

    def catalogue(self) -> pd.DataFrame:
        """Return a table of the columns.

        Returns
        -------
        DataFrame
            One row a column: ``name``, ``driver``, ``unit``, ``window`` (in words), ``meaning``, ``roles`` (what its builder
            needs of the log, such as ``"transfers or case_id"``; empty for what every log has), ``sees`` (whose events it is
            made of: ``all``, ``own`` or ``activity``), ``expects``, ``theme`` (what it is about), ``actionable``, ``used``
            (False for columns that a model left out: these come last).
        """
        check_is_fitted(self)
        return catalogue_of(self)

    def with_log(self, log: InteractionLog | None, *, references: References | None = None) -> FeatureSet:
        """Return the same fitted feature set over another log, whose customers need not be everybody.

        Customers are compared by the tables that the feature set carries, never by tables made of this log. With newer
        tables given (`refresh`), of all of them the newest made at or before a cut-off serves.
        """
        check_is_fitted(self)
        return moved(self, log, references)

    def _asked_for(self, seen: Seen) -> tuple[str, ...]:
        if self.churn_ is not None:
            # asked for nothing but what it reads: a log read without these columns could not say who is asked about
            self.churn_.not_asked(seen)
            self.churn_.already_silent(seen)
        return tuple(name for name in seen.asked_for() if name not in ("timestamp", "later"))

    def _begins(self, cutoff: np.datetime64) -> np.datetime64 | None:
        back = self.depth_.lookback
        return None if back is None else cutoff - np.timedelta64(back, "us")
