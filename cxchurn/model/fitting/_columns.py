"""The features a model learns from: of which families, and which of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.features import (
    MEASURES,
    Builder,
    FeatureSet,
    every_family,
    features_of_use,
    nightly,
    small,
    standard,
    without_spare,
)
from cxchurn.interactions import InteractionLog
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.fitting._cutoff_weights import cutoff_weights
from cxchurn.model.fitting._lean import lean_columns
from cxchurn.panel import Panel

Asked = Sequence[Builder | str] | str | None
_SETS = {"standard": standard, "small": small, "lean": standard}


@dataclass(frozen=True, eq=False)
class Columns:
    """What a model learns from.

    Attributes
    ----------
    fitted : FeatureSet
        Makes no other columns.
    features : DataFrame
        Of the panel's rows.
    notes : tuple of str
        Which columns were left out, in words.
    """

    fitted: FeatureSet
    features: pd.DataFrame
    notes: tuple[str, ...]


def builders_of(asked: Asked, log: InteractionLog, horizon: str) -> list[Builder] | None:
    """Return the builders that were asked for, by name or one by one; None where nothing was said."""
    if asked is None:
        return None
    if isinstance(asked, str):
        return _of_set(asked, log, horizon)
    found: list[Builder] = []
    for one in asked:
        wanted = _of_name(one, log, horizon) if isinstance(one, str) else [one]
        # a family that is in a set need not be there twice
        found += [builder for builder in wanted if not isinstance(one, str) or builder not in found]
    return found


def _of_set(asked: str, log: InteractionLog, horizon: str) -> list[Builder]:
    if asked in _SETS:
        return _SETS[asked](log, horizon)
    families = [type(one).__name__ for one in every_family(log, horizon)]
    raise UsageError(
        f"features is {asked!r}.",
        allowed=f"{listed(map(repr, _SETS))}, or a list of builders and names",
        hint=f"features=['standard', {asked!r}] asks for that family too."
        if asked in families
        else did_you_mean(asked, [*_SETS]) or 'features="lean" keeps the columns that tell most.',
    )


def _of_name(name: str, log: InteractionLog, horizon: str) -> list[Builder]:
    """Return the families of a set, or the one of that name, with windows that follow the horizon."""
    if name in _SETS and name != "lean":
        return _SETS[name](log, horizon)
    families = {type(one).__name__: one for one in every_family(log, horizon)}
    if name in families:
        return [families[name]]
    raise UsageError(
        f"features names {name!r}.",
        allowed=f"'standard', 'small', {listed(map(repr, families), most=50)}",
        hint="'lean' stands alone: it chooses among the standard families."
        if name == "lean"
        else did_you_mean(name, [*families, *_SETS]),
    )


def _measures_left_out(asked: Asked, log: InteractionLog) -> tuple[str, ...]:
    count = len(log.measures) - MEASURES
    if count <= 0 or not (asked is None or isinstance(asked, str) or any(isinstance(one, str) for one in asked)):
        return ()
    return (
        f"{count} of {len(log.measures)} measures left out: a model takes the first {MEASURES} that the schema names, unless"
        f" features=[cx.Volume(measures=...), ...] says which",
    )


def columns_for(
    panel: Panel, asked: Asked, *, lookback: str | None, classifier: ChurnClassifier, half_life: float | None
) -> Columns:
    """Make the features of a panel, without columns that tell nothing; of the lean set those that tell most.

    Parameters
    ----------
    panel : Panel
    asked : list of Builder or of names, {"standard", "small", "lean"} or None
    lookback : str or None
        How far back features see.
    classifier : ChurnClassifier
        Whose trees choose the lean set.
    half_life : float or None
        In how many days an older cut-off counts half.
    """
    definition = panel.definition
    about: dict[str, Any] = {"log": panel.log, "horizon": definition.horizon, "churn": definition, "lookback": lookback}
    fitted = FeatureSet(builders_of(asked, panel.log, definition.horizon), **about).fit(panel.frame)
    of_use, features, spare = features_of_use(fitted, panel.frame)
    notes = (*_measures_left_out(asked, panel.log), *spare.notes)
    if asked != "lean":
        return Columns(of_use, features, notes)
    codes = [name for name in fitted.categories_ if name in features]
    chooser = classifier.set_params(categorical_features=codes or None)
    kept = lean_columns(features, panel.y, cutoff_weights(panel.cutoffs, half_life), chooser)
    if len(kept) < features.shape[1]:
        notes += (f"a lean set: of {features.shape[1]} columns the {len(kept)} kept that trees gain most by",)
    # fitted again, so that neither roles nor tables about others are asked for that no kept column needs
    drivers = {says.driver for says in fitted.says_ if says.name in set(kept)}
    alone = FeatureSet([one for one in fitted.builders_ if one.driver in drivers], **about).fit(panel.frame)
    return Columns(without_spare(alone, {says.name for says in alone.says_} - set(kept)), features[kept], notes)


def with_own_references(features: FeatureSet, panel: Panel) -> FeatureSet:
    """Return the feature set as a model keeps it: whatever log it is given, it compares by the tables it carries.

    To those of training come those of the first night on which the model could have been trained.
    """
    known = min(panel.cutoffs.max() + panel.definition.reach, panel.log.observed_until)
    return features.with_log(panel.log, references=nightly(features, panel.log, [known]))
