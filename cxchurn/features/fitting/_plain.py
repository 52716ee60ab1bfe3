"""Builders as plain data and back: what a saved model holds of them. Nothing is imported or run by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cxchurn._core import Span, from_plain, proven_plain, to_plain, with_own
from cxchurn.features._says import Says
from cxchurn.features._standard import BUILDERS
from cxchurn.features.fitting._depths import Depths
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.shared._references import references_from_plain, references_to_plain
from cxchurn.features.shared._valence import Part, Valence
from cxchurn.history import Populations, Where
from cxchurn.panel import Cancellation, Inactivity, OwnLabels
from cxchurn.words._templates import check_templates

if TYPE_CHECKING:
    from cxchurn.features._feature_set import FeatureSet

# what the features' numbers mean; raised whenever a column of an unchanged builder gets another number
MEANING = 3
# what a saved model may hold without being brought: all else is somebody's own
KNOWN: dict[str, type] = {
    cls.__name__: cls
    for cls in (*BUILDERS, Valence, Part, Where, Populations, Span, Inactivity, Cancellation, OwnLabels)
}


def features_to_plain(features: FeatureSet) -> dict[str, Any]:
    """Return a fitted feature set as plain data, without its log; what could not be made again is refused in words."""
    builders = tuple(features.builders_)
    return {"builders": proven_plain(builders, name="builders", classes=KNOWN), **learned_to_plain(features)}


def learned_to_plain(features: FeatureSet) -> dict[str, Any]:
    """Return what a feature set learned as plain data: all but its builders."""
    return {
        "horizon": features.horizon,
        "dtype": features.dtype,
        "lookback": features.lookback,
        "min_customers": features.min_customers,
        "depths": asdict(features.depths_),
        "timezone": features.timezone_,
        "known": {name: list(labels) for name, labels in features.known_.items()},
        "populations": to_plain(features.populations_, name="populations"),
        "roles": list(features.roles_),
        "reads": list(features.columns_),
        "columns": [says.to_dict() for says in features.says_],
        "spare": [says.to_dict() for says in features.spare_],
        "called": list(features.called_),
        "references": references_to_plain(features.references_),
        "families": features.families_.to_dict("split", index=False),
    }


def fitted_from_plain(data: dict[str, Any], *, builders: Iterable[type] = ()) -> FittedFeatures:
    """Make what a feature set learned again.

    Parameters
    ----------
    data : dict
        From `features_to_plain`.
    builders : iterable of classes
        Your own builders, measures and churn definitions, if the feature set used any.
    """
    made = from_plain(data["builders"], with_own(KNOWN, builders))
    features = FittedFeatures()
    for name in ("horizon", "lookback", "dtype", "min_customers"):
        setattr(features, name, data[name])
    features.churn_ = None
    features.depths_ = Depths(**data["depths"] | {"first_seen": tuple(data["depths"]["first_seen"])})
    features.builders_ = list(made)
    features.timezone_ = data["timezone"]
    features.known_ = {name: tuple(labels) for name, labels in data["known"].items()}
    features.populations_ = from_plain(data["populations"], KNOWN)
    features.roles_ = tuple(data["roles"])
    features.notes_ = ()
    features.columns_ = tuple(data["reads"])
    features.references_ = references_from_plain(data["references"])
    features.called_ = tuple(data.get("called", ()))
    features.says_ = [Says.from_dict(one) for one in data["columns"]]
    features.spare_ = [Says.from_dict(one) for one in data["spare"]]
    said = (*features.says_, *features.spare_)
    check_templates(text for one in said for text in (one.one, one.zero, one.below, one.missing))
    return features
