"""How narrowly customers stayed: more of an outcome than yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxchurn.model.boosting._merged import affine_of
from cxchurn.model.boosting._ranked import RankedTrees
from cxchurn.model.calibration._affine import Affine, fit_affine
from cxchurn.model.calibration._level import mean_probability, shift_to
from cxchurn.panel import Panel

# that each act might as well not have happened (docs/decisions/0032)
_MISSED = 0.5


def narrowly(panel: Panel) -> np.ndarray | None:
    """Return how probable it is that a row would have churned, had each act of its label window been missed by even chance.

    1 where the customer churned, and one half to the power of the number of acts where not: who came once stayed narrowly, who
    came ten times did not. None where no number of acts decides who churns.

    Parameters
    ----------
    panel : Panel
    """
    count = panel.definition.acts(panel.log, panel.frame["customer_id"].to_numpy(), panel.cutoffs)
    if count is None:
        return None
    # who stayed came at least once, be it known only later
    return np.where(panel.y == 1, 1.0, _MISSED ** np.maximum(count, 1.0))


def of_outcomes(narrow: RankedTrees, trees: Sequence[np.ndarray], outcomes: Sequence[np.ndarray]) -> RankedTrees:
    """Return trees that learned from `narrowly` as trees that say who churns.

    What a step of their log-odds is worth the folds tell; their level is that of the trees that learned from yes and no: a
    level learned from the folds would be a forecast, which is not made (docs/decisions/0020).

    Parameters
    ----------
    narrow : RankedTrees
    trees : sequence of ndarray
        The log-odds of the folds' later rows by the other trees.
    outcomes : sequence of ndarray
        Of these rows, 0 or 1.
    """
    raw, level = np.concatenate(narrow.raw), mean_probability(np.concatenate(trees))
    slope = fit_affine(raw, np.concatenate(outcomes)).slope
    shift = shift_to(slope * raw, level)
    # six digits: where an optimiser stops beyond them is a matter of the library's version
    told = Affine(round(slope, 6), round(shift, 6))
    texts = [affine_of(text, told.slope, told.shift) for text in narrow.trees]
    return replace(narrow, trees=texts, raw=[told(one) for one in narrow.raw])
