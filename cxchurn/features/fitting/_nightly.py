"""The tables that a batch over everybody would have had on given days."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from cxchurn._core import instants
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.shared._comparing import make_references
from cxchurn.features.shared._references import References, check_fits
from cxchurn.interactions import InteractionLog

Fitted = TypeVar("Fitted", bound=FittedFeatures)


def nightly(features: FittedFeatures, log: InteractionLog, cutoffs: Any) -> References:
    """Return the tables that a batch over everybody would have had at these cut-offs.

    Parameters
    ----------
    features : FeatureSet
        Whose builders, labels, populations and churn definition the tables are made for.
    log : InteractionLog
        The interactions of everybody.
    cutoffs : list of instants
    """
    times, churn = instants(cutoffs), features.churn_
    return make_references(features.builders_, log, times, churn=churn, about=features.about_)


def carried(features: FittedFeatures, log: InteractionLog, cutoffs: Any) -> References:
    """Return the tables that a feature set carries: those it was given, if they fit it, else those of its cut-offs' weeks."""
    if features.references is None:
        return nightly(features, log, cutoffs)
    check_fits(features.references, nightly(features, log, cutoffs[:0]))
    return features.references


def moved(features: Fitted, log: InteractionLog | None, references: References | None) -> Fitted:
    """Return a feature set over another log, with the tables that it carries and newer ones, if they fit it."""
    other = copy.copy(features)
    other.log = log
    if references is not None:
        check_fits(references, features.references_)
    tables = features.references_ if references is None else features.references_.updated(references)
    other.references = other.references_ = tables
    return other
