"""Two models judged on the same later customers: where the cut-offs lie, who is compared, what was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, iso, not_autologged, step
from cxchurn.evaluation import Evaluation, evaluate_predictions
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel, as_each_night
from cxchurn.panel import Panel, make_panel
from cxchurn.tracking._facts import recipe

FITS, RECIPE = "fits", "recipe"
# fewer of either outcome give no interval worth the name
LEAST = 20
# of a model of one cut-off nobody knows how often it looks: once a month is the usual
_MONTH = np.timedelta64(30, "D").astype("timedelta64[us]")


@dataclass(frozen=True, eq=False)
class Contest:
    """What a challenger and a champion are compared on.

    Parameters
    ----------
    challenger, champion : ChurnModel
    log : InteractionLog
        As known at `at`.
    at : datetime64[us]
        Outcomes count that were known by then.
    """

    challenger: ChurnModel
    champion: ChurnModel
    log: InteractionLog
    at: np.datetime64

    @property
    def reach(self) -> np.timedelta64:
        """How long after a cut-off its outcome is known."""
        return self.challenger.churn_.reach

    @property
    def after_both(self) -> np.datetime64:
        """When both had learned all they learned."""
        return max(self.challenger.learned_from_.until_, self.champion.learned_from_.until_)

    @property
    def after_champion(self) -> np.datetime64:
        """When the champion had learned all it learned."""
        return self.champion.learned_from_.until_

    @property
    def gap(self) -> np.timedelta64:
        """How far the challenger's training cut-offs lie apart."""
        times = self._learned_at()
        return np.median(np.diff(times)).astype("timedelta64[us]") if times.size > 1 else _MONTH

    def cutoffs(self, start: np.datetime64) -> np.ndarray:
        """Return the cut-offs from an instant on whose outcomes are known: the challenger's own, and as many more."""
        own = self._learned_at()
        first = own[-1] + self.gap if own.size and own[-1] >= start else start
        more = np.arange(first, self.at + np.timedelta64(1, "us"), self.gap)
        times = np.unique(np.concatenate([own[own >= start], more]))
        return times[times + self.reach <= min(self.at, self.log.observed_until)]

    def panel(self, start: np.datetime64) -> Panel | None:
        """Return the rows to compare on from an instant on, None where there are none."""
        times = self.cutoffs(start)
        if not times.size:
            return None
        try:
            panel = make_panel(self.log, self.challenger.churn_, cutoffs=list(times))
        except UsageError:
            # outcomes that were not observed
            return None
        return panel.known_at(self.at) if len(panel) else None

    def refitted(self, test: Panel) -> ChurnModel:
        """Return the challenger's recipe, fitted on what was known at the first test cut-off."""
        first = test.cutoffs.min()
        times = self._learned_at()
        # only what it could have learned by then: a challenger that knows the test's outcomes always wins
        times = times[times + self.reach <= first]
        if not times.size:
            raise UsageError(
                f"none of the challenger's training cut-offs has an outcome that was known on {iso(first)}, so its recipe"
                " cannot be fitted as of then.",
                hint="wait until later outcomes are known, or train the challenger on earlier cut-offs too.",
            )
        everything = make_panel(self.log, self.challenger.churn_, cutoffs=[*times, *np.unique(test.cutoffs)])
        past, _ = everything.split(first)
        with step("fitting the challenger's recipe as of an earlier cut-off"):
            return ChurnModel(**recipe(self.challenger)).fit(past)

    def judged(self, challenger: ChurnModel, test: Panel, *, replicates: int, random_state: int | None) -> Evaluation:
        """Compare on the same rows and the same draws of customers."""
        own = [name for name in ("customer_id", "cutoff", "group", "churned", "already_silent") if name in test.frame]
        with not_autologged(), step("comparing"):
            said = {
                name: as_each_night(model, test)[0].predict_proba(test)[:, 1]
                for name, model in (("challenger", challenger), ("champion", self.champion))
            }
            frame: pd.DataFrame = test.frame[own].reset_index(drop=True).assign(**said)
            return evaluate_predictions(frame, list(said), replicates=replicates, random_state=random_state)

    def _learned_at(self) -> np.ndarray:
        times = sorted(self.challenger.learned_from_.checksums) or [self.challenger.learned_from_.last]
        return np.array(times, dtype="datetime64[us]")


def enough(panel: Panel | None) -> bool:
    """Whether a panel has enough customers of either outcome for an interval."""
    if panel is None:
        return False
    left = panel.frame.groupby("customer_id")["churned"].max()
    # customers of either outcome, not rows: one who is asked about at twelve cut-offs is one
    return bool(min(int(left.sum()), int((left == 0).sum())) >= LEAST)
