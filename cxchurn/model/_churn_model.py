"""The whole model: features, a churn definition, a classifier, and a check on its probabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import DataError, Detached, UsageError, as_pandas, not_autologged, span, step
from cxchurn.features import rows
from cxchurn.interactions import InteractionLog
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.files._save import save_model, why_not_saved
from cxchurn.model.fitted._example import Example
from cxchurn.model.fitted._fingerprint import fingerprint
from cxchurn.model.fitted._learned_from import LearnedFrom
from cxchurn.model.fitted._trained import TrainedModel
from cxchurn.model.fitted._training_log import TrainingLog
from cxchurn.model.fitting._banding import bands_for
from cxchurn.model.fitting._belief import beyond_belief
from cxchurn.model.fitting._columns import Asked, columns_for, with_own_references
from cxchurn.model.fitting._learn import learn
from cxchurn.model.fitting._tuning import Tuning, as_tuning
from cxchurn.model.fitting._usual import usual_of
from cxchurn.panel import ChurnDefinition, Panel, panel_of_outcomes


class ChurnModel(ClassifierMixin, Detached, TrainedModel, BaseEstimator):
    """Tells how likely each customer is to leave, from what they went through until the cut-off.

    Features of the past (without those that are copies of others or the same for everybody), gradient-boosted trees blended
    in log-odds with two logistic regressions (on all features, and on the five numbers of `Activity`), and probabilities
    checked on forward folds: each fold trains on cut-offs whose outcomes were known before the fold's first cut-off. There
    the number of trees and the weights of the parts are chosen, and an affine correction of the raw score is tried and kept
    only if it helps; else the score is stretched as the folds tell. Where no forward fold is possible, customers are divided
    instead, and nothing is corrected. The final fit uses every row, each cut-off weighing the same. A scikit-learn classifier.

    Parameters
    ----------
    churn : ChurnDefinition, optional
        What churned means. Default: the definition of the panel it is fitted on.
    features : list of Builder or of names, or {"standard", "small", "lean"}, optional
        Which families, their windows following the horizon; ``["standard", "Loyalty"]`` are the standard ones and one more.
        Default: `standard` for the log, `small` below 1,000 rows.
        "lean": of the standard families the 100 columns by which trees gain most; as good within what chance moves, in about
        a third of the time, for services and for training often.
    classifier : ChurnClassifier, optional
        Default: ``ChurnClassifier(random_state=random_state)``.
    log : InteractionLog, optional
        Needed only where rows come as a plain frame instead of a `Panel`.
    folds : int, default 4
        How many forward folds at most.
    half_life : str, optional
        A span in which an older cut-off comes to count half. Default: every cut-off counts the same.
    calibration : {"affine", None}, default "affine"
        How probabilities may be corrected: by a line in log-odds, or its slope alone, as the folds show; or not at all.
    tune : int or Tuning, optional
        How many sets of parameters are tried on the folds before training. Default: none, the default parameters are good;
        expect 0.001 to 0.002 of log loss. Needs the extra ``tune``.
    ranks : bool, default True
        Whether a second lot of trees learns from where a customer's numbers stand among those of everybody at the same time,
        and weighs in as the folds say. Ranks mean the same in a busy month as in a quiet one. In use no rank is worked out: the
        trees ask for the numbers that had these ranks at the last training cut-off. Where churn is inactivity and folds are
        possible they learn how narrowly customers stayed, by how often they came, not only whether.
    lookback : str, optional
        How far back features see, such as ``"365D"``; see `FeatureSet`. Default: the whole log.
    random_state : int, default 0

    Attributes
    ----------
    features_ : FeatureSet
        With the tables about customers in general that the model compares with: those of the training cut-offs' weeks, and
        of the week in which the last outcome was known.
    classifier_ : ChurnClassifier
    blend_ : Blend
        The weights of the parts (trees, ridge, core), and the linear parts.
    calibration_ : Affine
    intervals_ : VennAbers
        What came of customers scored alike by the forward folds, for `probability_interval`.
    level_ : Level or None
        How far the rates of cut-offs that folds had not learned from were off, of all customers alike.
    trials_ : DataFrame or None
        What tuning tried: ``number``, ``value`` (log loss on the folds; missing where pruned), ``state``, and a column for
        each parameter; not saved.
    notes_ : tuple of str
        What was decided when the panel was made and in training, in words.
    bands_ : Bands
        Set by what the folds' models said of rows they had not learned from. Where these do not rank better than drawing lots
        for certain, everybody is in the medium band.
    base_rate_ : float
        The share of training rows that churned.
    typical_ : dict of str to float
        What is usual of each feature over the training rows, for comparison in reasons: the median of those that have a value,
        of labels the most frequent one.
    present_ : dict of str to float
        The share of the training rows that have a value of each feature.
    learned_from_ : LearnedFrom
        What it remembers of the rows it was fitted on: cut-offs and checksums, no customer.
    example_ : Example
        An invented customer's events, features and raw score, by which a loaded model is tried where versions differ.
    schemas_ : tuple of Schema
        What the columns of the training log's sources meant: events come in the same columns later.
    ids_ : {"text", "integer"}
        What the customers' ids of the training log were.
    training_panel_ : Panel
        What it was fitted on; in no file and no pickle of the model.
    version_ : str
        A fingerprint of the fitted model.

    Examples
    --------
    >>> model = cx.ChurnModel(churn).fit(train)
    >>> model.predict_proba(test)[:, 1].shape == (len(test.frame),)
    True
    """

    left_behind = ("training_panel_",)

    def __init__(
        self,
        churn: ChurnDefinition | None = None,
        *,
        features: Asked = None,
        classifier: ChurnClassifier | None = None,
        log: InteractionLog | None = None,
        folds: int = 4,
        half_life: str | None = None,
        calibration: str | None = "affine",
        tune: int | Tuning | None = None,
        ranks: bool = True,
        lookback: str | None = None,
        random_state: int = 0,
    ) -> None:
        self.churn = churn
        self.features = features
        self.classifier = classifier
        self.log = log
        self.folds = folds
        self.half_life = half_life
        self.calibration = calibration
        self.tune = tune
        self.ranks = ranks
        self.lookback = lookback
        self.random_state = random_state

    @not_autologged()
    def fit(self, X: Panel | pd.DataFrame, y: Any = None) -> Self:
        """Train on a panel.

        Parameters
        ----------
        X : Panel, or DataFrame with ``customer_id`` and ``cutoff``
        y : array of 0/1, optional
            The outcomes, where `X` is a frame.
        """
        as_tuning(self.tune)
        panel = self._panel(X, y)
        if not len(panel):
            raise DataError("the training panel has no row.", hint="choose other cut-offs.")
        if self.churn is not None and self.churn.resolved(panel.log) != panel.definition:
            raise UsageError(
                f"the panel's outcomes follow {panel.definition!r}, the model's definition is {self.churn!r}.",
                allowed="one meaning of churned",
                hint="make the panel with the model's definition, or fit ChurnModel() without one.",
            )
        self.churn_ = panel.definition
        self.training_panel_ = panel
        # words of labels are kept with the columns that say them: a schema's may be of labels that few customers have
        self.schemas_ = tuple(replace(schema, words=None) for schema in panel.log.schemas)
        self.ids_ = panel.log.ids
        with step("building features"):
            columns = columns_for(
                panel, self.features, lookback=self.lookback, classifier=self._blank(), half_life=self._half_life()
            )
            self.features_ = with_own_references(columns.fitted, panel)
        with step("training"):
            self._train(columns.features, panel, columns.notes)
        self.classes_ = self.classifier_.classes_
        self.base_rate_ = float(panel.y.mean())
        self.typical_, self.present_ = usual_of(columns.features, self.features_.categories_)
        self.learned_from_ = LearnedFrom.of(panel)
        self.training_log_ = TrainingLog.of(panel.log, self.features_.known_.get("kind", ()))
        self.version_ = fingerprint(self)
        self.example_ = Example.of(self, panel.log, at=self.learned_from_.last)
        self.notes_ += why_not_saved(self)
        return self

    def predict_proba(self, X: Panel | pd.DataFrame) -> np.ndarray:
        """Return the probabilities to stay and to churn; float64, shape ``(n, 2)``."""
        churned = self.probability_of(self.features_of(X))
        return np.column_stack([1.0 - churned, churned])

    def probability_interval(self, X: Panel | pd.DataFrame, *, level: float = 0.9) -> np.ndarray:
        """Return how sure each probability to churn is: a lower and an upper end; float64, shape ``(n, 2)``.

        Venn-Abers prediction [1]_ on what came of the customers whom the forward folds scored alike, widened by the chance
        in their number. It says how sure the rate is among customers with the same raw score, as past cut-offs show it; a
        future unlike them is not in it. Customers at greater risk never have a lower end. The probability itself lies
        inside: where the model is off, the interval reaches from it to the rate that was seen.

        Parameters
        ----------
        X : Panel, or DataFrame with ``customer_id`` and ``cutoff``
        level : float, default 0.9
            The share of such intervals that are to hold the true rate.

        Raises
        ------
        DataError
            Where training had fewer than 500 forward predictions.

        References
        ----------
        .. [1] Vovk and Petej, "Venn-Abers predictors", Uncertainty in Artificial Intelligence, 2014.
        """
        return self.interval_of(self.raw_score(X), level=level)

    def predict(self, X: Panel | pd.DataFrame) -> np.ndarray:
        """Return the more probable outcome, 0 or 1, of each row."""
        churned = self.raw_score(X) > 0
        return self.classes_[churned.astype(int)]

    def raw_score(self, X: Panel | pd.DataFrame) -> np.ndarray:
        """Return the log-odds to churn, after the correction; float64, shape ``(n,)``."""
        return self.raw_score_of(self.features_of(X))

    def features_of(self, X: Panel | pd.DataFrame) -> pd.DataFrame:
        """Return the features of panel rows."""
        check_is_fitted(self, "version_")
        if isinstance(X, Panel):
            return self.features_.with_log(X.log).transform(X.frame)
        log = self.log if self.log is not None else self.features_.log
        if log is None:
            raise UsageError(
                "the rows came without a log.",
                allowed="a Panel, or a frame and ChurnModel(log=...)",
                hint="model.set_params(log=log); neither files nor pickles of a model hold interactions.",
            )
        return self.features_.with_log(log).transform(X)

    def save(self, path: str | Path) -> Path:
        """Write the model to a folder of plain files; see `load_model`.

        Parameters
        ----------
        path : str or Path
            The folder to make. An older model in its place is replaced, in one step; anything else there is an error.
        """
        check_is_fitted(self, "version_")
        return save_model(self, path)

    def _panel(self, X: Panel | pd.DataFrame, y: Any) -> Panel:
        if isinstance(X, Panel):
            return X
        if self.churn is None or self.log is None:
            raise UsageError(
                "a plain frame says neither where its features come from nor what churned means.",
                allowed="a Panel, or a frame with ChurnModel(churn, log=log)",
            )
        customers, cutoffs = rows(X, self.log.timezone)
        return panel_of_outcomes(customers, cutoffs, as_pandas(y), log=self.log, definition=self.churn)

    def _blank(self) -> ChurnClassifier:
        return ChurnClassifier(random_state=self.random_state) if self.classifier is None else clone(self.classifier)

    def _half_life(self) -> float | None:
        return None if self.half_life is None else span(self.half_life, name="half_life").days

    def _train(self, features: pd.DataFrame, panel: Panel, notes: tuple[str, ...]) -> None:
        classifier = self._blank()
        if self.features_.categories_:
            classifier.set_params(categorical_features=list(self.features_.categories_))
        learned = learn(
            features,
            panel,
            classifier,
            folds=self.folds,
            half_life=self._half_life(),
            calibrate=self.calibration,
            tuning=as_tuning(self.tune),
            ranks=self.ranks,
            random_state=self.random_state,
        )
        self.classifier_, self.blend_ = learned.classifier, learned.blend
        self.calibration_, self.intervals_, self.level_ = learned.calibration, learned.intervals, learned.level
        self.bands_, why = bands_for(learned, lambda: self.raw_score_of(features))
        self.notes_ = (
            *panel.notes,
            *self.features_.notes_,
            *notes,
            *beyond_belief(features, panel, self.features_.categories_),
            *learned.notes,
            why,
        )
        self.trials_ = None if learned.tuned is None else learned.tuned.trials
