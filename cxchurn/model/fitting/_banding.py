"""Where a model's bands begin, by what its folds said of rows that they had not learned from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxchurn.model.calibration._bands import Bands
from cxchurn.model.fitted._fitted import probability_of_raw
from cxchurn.model.fitting._learn import Learned


def bands_for(learned: Learned, of_training: Callable[[], np.ndarray]) -> tuple[Bands, str]:
    """Return the bands of a model, and in words what they were set by.

    Parameters
    ----------
    learned : Learned
    of_training : callable
        Returns the log-odds of the training rows, for where there was no fold.
    """
    # as it will say of others: of the rows that it learned from it is surer than it will be of any
    unseen, of = learned.out_of_sample, "out-of-sample predictions of the folds"
    if not unseen.size:
        unseen, of = of_training(), "predictions of the training rows, surer than others will be"
    ranking = learned.ranking
    if ranking is not None and not ranking.shown:
        bands = Bands.none()
        return bands, f"{bands.says}, for it cannot be told who is at greater risk: {ranking.says}"
    bands = Bands.of(probability_of_raw(unseen))
    return bands, f"{bands.says}, by {unseen.size:,} {of}"
