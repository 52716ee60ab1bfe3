"""Why: contributions to each customer's risk, in columns, in drivers, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, UsageError, cached_property, did_you_mean, html_result, listed, on_clock
from cxchurn.explanation._sizes import html_of, sizes_of
from cxchurn.explanation.reasons._chosen import Chosen, check_most, choose_reasons
from cxchurn.explanation.reasons._details import LOWERS, RAISES, detail_table
from cxchurn.explanation.reasons._probability import on_probability
from cxchurn.explanation.reasons._reasons import reason_table
from cxchurn.explanation.reasons._telling import Telling
from cxchurn.features import THEMES, FeatureSet, Says, language_of_says
from cxchurn.model import Bands, probability_of_raw
from cxchurn.words import Language, said, speaking

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_SCALES = ("log-odds", "probability")
_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Explanation:
    """What moved each customer's risk, and by how much; made by `explain`.

    Contributions are SHAP values in log-odds: with `base` they sum to the row's raw score.

    Attributes
    ----------
    rows : DataFrame
        ``customer_id`` and ``cutoff`` of each row.
    features : DataFrame
        The features, one row a row.
    contributions : DataFrame
        The contribution of each feature in log-odds, the same shape.
    base : float
        The log-odds that all contributions are counted from: the model's mean.
    says : list of Says
        What the columns say, in their order.
    typical : dict of str to float
        The usual value of each feature: the median in training, of labels the most frequent one.
    raw_score : ndarray of float64, shape (n,), optional
        The model's log-odds, to the bit; by default base and contributions added up.
    present : dict of str to float, optional
        The share of training rows that had a value of each feature; by default all.
    over : FeatureSet, optional
        What made the features, over the log that they were made of: asked for customers' own usual.
    bands : Bands, optional
        From which probability on the model calls a risk medium, and high.
    """

    rows: pd.DataFrame
    features: pd.DataFrame
    contributions: pd.DataFrame
    base: float
    says: list[Says]
    typical: dict[str, float]
    raw_score: np.ndarray | None = None
    present: dict[str, float] = field(default_factory=dict)
    over: FeatureSet | None = None
    bands: Bands | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Explanation({len(self):,} rows, {self.contributions.shape[1]} features, {len(self._drivers)} drivers)"

    def _repr_html_(self) -> str:
        with speaking(self.language):
            return self._html()

    def _html(self) -> str:
        tables = (html_of(self.themes(), "theme"), html_of(self.drivers().head(_SHOWN), "driver")) if len(self) else ()
        sizes = {"rows": len(self), "features": self.contributions.shape[1], "drivers": len(self._drivers)}
        about = said("explain", "rows", **sizes)
        return html_result("Explanation", about, *tables)

    @property
    def language(self) -> Language:
        """What its sentences are said in."""
        return language_of_says(self.says)

    @cached_property
    def raw(self) -> np.ndarray:
        """The log-odds of each row, as the model says them: base and contributions; float64, shape ``(n,)``."""
        # the model's own sum, where it is known: contributions add up to it, but for the last bits
        return self.base + self.contributions.to_numpy().sum(axis=1) if self.raw_score is None else self.raw_score

    @cached_property
    def probability(self) -> np.ndarray:
        """The probability to churn of each row; float64, shape ``(n,)``."""
        return probability_of_raw(self.raw)

    @property
    def shap_values(self) -> Any:
        """The same as a `shap.Explanation`, for all of shap's own plots."""
        import shap

        return shap.Explanation(
            values=self.contributions.to_numpy(),
            base_values=np.full(len(self), self.base),
            data=self.features.to_numpy(),
            feature_names=list(self.features.columns),
        )

    def take(self, rows: list[int] | np.ndarray) -> Explanation:
        """Return the explanation of some rows, by their positions."""
        return replace(
            self,
            rows=self.rows.iloc[rows],
            features=self.features.iloc[rows],
            contributions=self.contributions.iloc[rows],
            raw_score=None if self.raw_score is None else self.raw_score[rows],
        )

    @property
    def timezone(self) -> str:
        """The zone on whose clock people read its cut-offs: that of the features."""
        return "UTC" if self.over is None else self.over.timezone_

    @property
    def days(self) -> tuple[str, str] | None:
        """The first and the last day of its cut-offs; None where it has none."""
        if not len(self):
            return None
        cutoffs = self.rows["cutoff"]
        first, last = (str(on_clock(one.to_datetime64(), self.timezone))[:10] for one in (cutoffs.min(), cutoffs.max()))
        return first, last

    def by_driver(self, *, scale: str = "log-odds") -> pd.DataFrame:
        """Return each row's contributions summed by driver.

        Parameters
        ----------
        scale : {"log-odds", "probability"}
            On the probability scale a row sums to its probability less the base probability: the difference between the two
            is shared in proportion to the contributions in log-odds, as integrating along the straight way from base to row
            gives it (Aumann and Shapley, "Values of non-atomic games", 1974).

        Returns
        -------
        DataFrame
            One column a driver.
        """
        return self._summed(self._drivers, scale)

    def by_theme(self, *, scale: str = "log-odds") -> pd.DataFrame:
        """Return each row's contributions summed by theme: how often and how lately, money, experience, profile, compared.

        A theme sums its part of each driver: a driver whose columns are about two themes is divided by column.

        Parameters
        ----------
        scale : {"log-odds", "probability"}
            As for `by_driver`.

        Returns
        -------
        DataFrame
            One column a theme that the model has, in the order of `THEMES`.
        """
        return self._summed(self._themes, scale)

    def drivers(self) -> pd.DataFrame:
        """Return what matters over all rows, the most important driver first.

        Returns
        -------
        DataFrame
            ``driver``, ``mean_abs`` (mean size of its contribution, log-odds), ``share`` (of all drivers' sizes), ``raises``
            and ``lowers`` (mean of its positive and of its negative contributions over all rows, log-odds).
        """
        return sizes_of(self.by_driver(), "driver")

    def themes(self) -> pd.DataFrame:
        """Return which themes matter over all rows, the most important first.

        Returns
        -------
        DataFrame
            ``theme``, and the columns of `drivers`.
        """
        return sizes_of(self.by_theme(), "theme")

    def reasons(self, top: int = 3) -> pd.DataFrame:
        """Return for each row what raises its risk most, in sentences with the customer's own numbers.

        Each reason is about another subject (a theme; of experience each driver), told by the column that raises the risk most
        among those whose value is worse than usual. Nothing below half a point of probability is a reason; where an experience
        is one, and it makes a tenth of all that raises the risk or all experience together raises it by half a point, the
        first reason is an experience: how lately somebody came tells that they are leaving, what they went through tells
        why. The others follow by their weight.

        Parameters
        ----------
        top : int, default 3
            How many reasons at most.

        Returns
        -------
        DataFrame
            ``customer_id``, ``cutoff``, ``churn_probability``, and for each reason ``reason_1`` (empty where nothing more
            raises the risk), ``points_1`` (how much its subject raises it, in points of probability) and ``subject_1`` (what
            it is about: a theme, of experience the driver, as in `details`).
        """
        table = self.rows[["customer_id", "cutoff"]].reset_index(drop=True)
        table["churn_probability"] = self.probability
        reasons = reason_table(self._telling, self._chosen(top), self.features.to_numpy())
        return pd.concat([table, reasons], axis=1)

    def details(self, top: int = 3) -> pd.DataFrame:
        """Return the reasons one a row: what raises and what lowers each risk, what it weighs, and what would be usual.

        Parameters
        ----------
        top : int, default 3
            How many at most on either side.

        Returns
        -------
        DataFrame
            ``customer_id``, ``cutoff``; ``side`` ("raises" or "lowers"), ``reason`` (1 for what is said first on the side);
            ``theme``, ``driver`` and ``column`` that tells it; ``subject`` (what the points belong to: the whole theme, of
            experience the driver, or several drivers that read the same thing; a waterfall by driver shows its parts);
            ``sentence``; ``points`` (of probability, that its subject moves the risk, below 0 where it lowers it);
            ``actionable`` (whether somebody can act on it); ``value`` (the customer's number), ``usual_own`` (the same number
            one window earlier, of what has no window one horizon earlier; missing of what only grows with time, such as counts
            over the whole life, and where the customer had no interaction before that, or the explanation has no log),
            ``usual_all`` (everybody's: the median of the training rows that have a value, of labels the most frequent one).
            Each of the three comes also as it is written, as ``value_said`` and so on, "" where there is nothing to write;
            ``usual_all_said`` is "" too where most training rows had no value.
        """
        sides = {RAISES: self._chosen(top), LOWERS: self._chosen(top, lowers=True)}
        return detail_table(self._telling, sides, self.rows, self.features.to_numpy(), self.over)

    def _chosen(self, top: int, *, lowers: bool = False) -> Chosen:
        check_most("top", top)
        base = np.full(len(self), self.base)
        parts = np.column_stack([self.contributions.to_numpy(), base])
        return choose_reasons(self._telling, self.raw, parts, self.features.to_numpy(), top, lowers=lowers)

    @cached_property
    def _telling(self) -> Telling:
        return Telling(self.says, self.typical, self.present)

    @cached_property
    def _drivers(self) -> dict[str, list[str]]:
        columns: dict[str, list[str]] = {}
        for says in self.says:
            columns.setdefault(says.driver, []).append(says.name)
        return columns

    @cached_property
    def _themes(self) -> dict[str, list[str]]:
        """The columns of each theme, driver by driver."""
        drivers = {driver: place for place, driver in enumerate(self._drivers)}
        said = sorted(self.says, key=lambda one: (THEMES.index(one.theme), drivers[one.driver]))
        columns: dict[str, list[str]] = {}
        for says in said:
            columns.setdefault(says.theme, []).append(says.name)
        return columns

    def _summed(self, groups: dict[str, list[str]], scale: str) -> pd.DataFrame:
        if scale not in _SCALES:
            raise UsageError(f"scale is {scale!r}.", allowed=listed(_SCALES), hint=did_you_mean(scale, _SCALES))
        summed = pd.DataFrame({name: self.contributions[columns].sum(axis=1) for name, columns in groups.items()})
        return summed if scale == "log-odds" else on_probability(summed, self.base, away=self.raw - self.base)
