"""The LightGBM part alone, with scikit-learn's manners."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from cxchurn._core import DataError, UsageError, cached_property, did_you_mean, listed, not_autologged
from cxchurn.model.boosting._encoding import Encoding
from cxchurn.model.boosting._lightgbm import (
    Folds,
    FoldScores,
    Table,
    fit_folds,
    read,
    read_folds,
    scaled_rounds,
    train,
    usable,
)
from cxchurn.model.boosting._parameters import check_parameters
from cxchurn.model.trees import forests_of, mean_of

if TYPE_CHECKING:
    import lightgbm as lgb

# cells up to which the final trees grow on one thread: beside other work LightGBM's threads cost more in waiting for each other
# than they save otherwise
_SMALL = 100_000_000


class ChurnClassifier(ClassifierMixin, BaseEstimator):
    """Estimates the probability to churn from features, with gradient-boosted trees (LightGBM).

    Missing values are used as they are. Columns of labels (text or categories) get codes that are fixed in ``fit``; a label
    not met there counts as missing. Classes are not weighted and rows not resampled, so probabilities mean what they say.

    Parameters
    ----------
    n_estimators : int, default 300
        The number of trees; with `folds` given to ``fit``, the most that are tried.
    learning_rate : float, default 0.06
    num_leaves : int, default 8
        Leaves a tree: few, because churn tables are small and noisy.
    min_child_samples : int, optional
        Rows a leaf at least. Default: one fortieth of the rows, between 5 and 100.
    colsample_bytree : float, default 0.3
        The share of columns each tree may use.
    reg_lambda : float, default 1.0
        L2 penalty on leaf values.
    n_seeds : int, default 1
        How many times the trees are grown, each time from another seed; log-odds and contributions are their means. More
        steady, and as many times slower.
    categorical_features : list of str or int, optional
        Number columns that hold codes of labels; columns of text or categories are found without it.
    n_jobs : int, optional
        Threads; results do not depend on it. Default: all, but one for the final fit on fewer than 100,000,000 numbers:
        on a machine with other work LightGBM's threads wait for each other more than they work.
    random_state : int, default 0

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
    trees_ : list of str
        The trees of each seed as LightGBM writes them.
    boosters_ : list of lightgbm.Booster
        The same as LightGBM's own.
    booster_ : lightgbm.Booster
        The first of them.
    forests_ : list of Forest
        The same trees as they are asked for log-odds and contributions.
    encoding_ : Encoding
        Columns and labels as met in training.
    n_rounds_ : int
        The number of trees.
    fold_scores_ : FoldScores or None
        What the forward folds said.

    Examples
    --------
    >>> features = cx.FeatureSet([cx.Recency()], log=log).fit_transform(train.frame)
    >>> cx.ChurnClassifier().fit(features, train.y).predict_proba(features).shape == (len(features), 2)
    True
    """

    def __init__(
        self,
        *,
        n_estimators: int = 300,
        learning_rate: float = 0.06,
        num_leaves: int = 8,
        min_child_samples: int | None = None,
        colsample_bytree: float = 0.3,
        reg_lambda: float = 1.0,
        n_seeds: int = 1,
        categorical_features: list[str | int] | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.num_leaves = num_leaves
        self.min_child_samples = min_child_samples
        self.colsample_bytree = colsample_bytree
        self.reg_lambda = reg_lambda
        self.n_seeds = n_seeds
        self.categorical_features = categorical_features
        self.n_jobs = n_jobs
        self.random_state = random_state

    @not_autologged()
    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, folds: Folds | None = None) -> Self:
        """Train on features and outcomes.

        Parameters
        ----------
        X : DataFrame or array, shape (n, columns)
        y : array, shape (n,)
            Two classes; the greater one means churned.
        sample_weight : array, shape (n,), optional
        folds : sequence of (train rows, test rows), optional
            Forward folds such as those of `PanelSplit`: the number of trees is chosen where the log loss over them is least,
            never on random rows. Folds with too few churners are left out; with none left, `n_estimators` it is.
        """
        check_parameters(self.get_params())
        table = self.table(X, y, sample_weight)
        params = self.lightgbm_params(table)
        good = usable(folds or [], table.y)
        self.fold_scores_: FoldScores | None = None
        self.n_rounds_ = self.n_estimators
        if good:
            fits = fit_folds(params, table, good, self.n_estimators, self.n_jobs, self.n_seeds)
            self.fold_scores_ = read_folds(fits, table, good)
            self.n_rounds_ = scaled_rounds(self.fold_scores_, table.X.shape[0])
        return self.with_trees(train(params, table, self.n_rounds_, self.n_seeds))

    def with_trees(self, texts: list[str]) -> Self:
        """Take these trees, one text of LightGBM's a seed, for one's own."""
        self.trees_ = texts
        self.forests_ = forests_of(texts)
        # made of the trees when somebody asks
        self.__dict__.pop("boosters_", None)
        return self

    @cached_property
    def boosters_(self) -> list[lgb.Booster]:
        """The trees of each seed as LightGBM's own. Scores and contributions do without."""
        return [read(one) for one in self.trees_]

    @property
    def booster_(self) -> lgb.Booster:
        """The trees of the first seed."""
        return self.boosters_[0]

    def raw_score(self, X: Any) -> np.ndarray:
        """Return the log-odds of churning; float64, shape ``(n,)``."""
        matrix = self._matrix(X)
        return mean_of([one.raw_score(matrix) for one in self.forests_])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of both classes; float64, shape ``(n, 2)``."""
        churned = 1.0 / (1.0 + np.exp(-self.raw_score(X)))
        return np.column_stack([1.0 - churned, churned])

    def predict(self, X: Any) -> np.ndarray:
        """Return the more probable class of each row."""
        churned = self.raw_score(X) > 0
        return self.classes_[churned.astype(int)]

    def contributions(self, X: Any) -> np.ndarray:
        """Return the SHAP contributions of the columns to the log-odds, and last the base value.

        Exact, path-dependent values [1]_, the same as LightGBM's own. Each row sums to `raw_score`. Shape
        ``(n, columns + 1)``.

        References
        ----------
        .. [1] Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature
           Machine Intelligence 2, 2020.
        """
        return self.explained(X)[1]

    def explained(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return `raw_score` and `contributions`, to the bit, from one pass over the trees."""
        matrix = self._matrix(X)
        raw, parts = zip(*(one.explained(matrix) for one in self.forests_), strict=True)
        return mean_of(raw), mean_of(parts)

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn what is supported."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def table(self, X: Any, y: Any, sample_weight: Any = None) -> Table:
        """Check features and outcomes, and return them as LightGBM is given them."""
        if isinstance(X, pd.DataFrame):
            self.encoding_ = Encoding.of(X)
            validate_data(self, X, skip_check_array=True)
            matrix = check_array(self.encoding_.matrix(X), ensure_all_finite="allow-nan")
            y = column_or_1d(y, warn=True)
            check_consistent_length(matrix, y)
        else:
            matrix, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
            self.encoding_ = Encoding(tuple(f"column_{i}" for i in range(matrix.shape[1])), {})
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._check_classes()
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, matrix, dtype=np.float64)
        return Table(matrix, codes.astype(np.float64), weight, self._categories())

    def _check_classes(self) -> None:
        if self.classes_.size > 2:
            raise UsageError(
                f"Only binary classification is supported: there are {self.classes_.size} classes.",
                allowed="two: stayed and churned",
            )
        if self.classes_.size < 2:
            raise DataError(
                f"there is only one class: {_only(self.classes_[0])}.",
                allowed="rows that churned and rows that did not",
                hint="choose another horizon or other cut-offs, so that some customers churn and some do not.",
            )

    def _matrix(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "forests_")
        if isinstance(X, pd.DataFrame):
            return self.encoding_.matrix(X)
        return validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)

    def _categories(self) -> tuple[int, ...]:
        names = self.encoding_.names
        found = {names.index(name) for name in self.encoding_.levels}
        for one in self.categorical_features or ():
            if isinstance(one, str) and one not in names:
                raise UsageError(
                    f"categorical_features names {one!r}, which is no column.",
                    allowed=listed(names),
                    hint=did_you_mean(one, names),
                )
            found.add(names.index(one) if isinstance(one, str) else int(one))
        return tuple(sorted(found))

    def _threads(self, cells: int) -> int:
        return self.n_jobs or (1 if cells < _SMALL else os.cpu_count() or 1)

    def lightgbm_params(self, table: Table) -> dict[str, Any]:
        """Return LightGBM's own parameters for a table."""
        rows = len(table.y)
        leaf = min(100, max(5, rows // 40)) if self.min_child_samples is None else self.min_child_samples
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": leaf,
            "feature_fraction": self.colsample_bytree,
            "lambda_l2": self.reg_lambda,
            "num_threads": self._threads(table.X.size),
            "seed": self.random_state,
            "deterministic": True,
            "force_col_wise": True,
            # LightGBM 4.7 writes outside its memory when it trains on some of the rows of columns that it has put together: it
            # may crash, or not. The trees are the same without
            "enable_bundle": False,
            # bins are made once, for folds and trials that ask for more or fewer rows a leaf, and from other seeds
            "feature_pre_filter": False,
            "data_random_seed": 1,
            "verbosity": -1,
        }


def _only(outcome: Any) -> str:
    if outcome == 0:
        return "no customer churned in the training rows (every outcome is 0)"
    if outcome == 1:
        return "every customer churned in the training rows (every outcome is 1)"
    return f"every training row has the outcome {outcome}"
