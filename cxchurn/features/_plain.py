"""Builders as plain data and back: what a saved model holds of them. Nothing is imported or run by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import MismatchError, listed
from cxchurn.features._builder import Builder
from cxchurn.features._depths import Depths
from cxchurn.features._feature_set import FeatureSet
from cxchurn.features._references import references_from_plain, references_to_plain
from cxchurn.features._says import Says
from cxchurn.features._standard import BUILDERS
from cxchurn.features._valence import Valence
from cxchurn.history import Populations, Where


def features_to_plain(features: FeatureSet) -> dict[str, Any]:
    """Return a fitted feature set as plain data, without its log."""
    return {
        "horizon": features.horizon,
        "lookback": features.lookback,
        "depths": asdict(features.depths_),
        "timezone": features.timezone_,
        "builders": [_builder_to_plain(builder) for builder in features.builders_],
        "known": {name: list(labels) for name, labels in features.known_.items()},
        "populations": populations_to_plain(features.populations_),
        "roles": list(features.roles_),
        "reads": list(features.columns_),
        "columns": [says.to_dict() for says in features.says_],
        "references": references_to_plain(features.references_),
        "families": features.families_.to_dict("records"),
    }


def features_from_plain(data: dict[str, Any], *, builders: Iterable[type[Builder]] = ()) -> FeatureSet:
    """Make the fitted feature set again; it has no log until `FeatureSet.with_log`.

    Parameters
    ----------
    data : dict
        From `features_to_plain`.
    builders : iterable of Builder classes
        Your own builders, if the feature set used any.
    """
    classes = {cls.__name__: cls for cls in (*BUILDERS, *builders)}
    features = FeatureSet([_builder_from_plain(one, classes) for one in data["builders"]], horizon=data["horizon"])
    features.lookback = data["lookback"]
    features.depths_ = Depths(**data["depths"] | {"first_seen": tuple(data["depths"]["first_seen"])})
    features.builders_ = list(features.builders or [])
    features.timezone_ = data["timezone"]
    features.known_ = {name: tuple(labels) for name, labels in data["known"].items()}
    features.populations_ = populations_from_plain(data["populations"])
    features.roles_ = tuple(data["roles"])
    features.notes_ = ()
    features.columns_ = tuple(data["reads"])
    features.references = features.references_ = references_from_plain(data["references"])
    features.says_ = [Says.from_dict(one) for one in data["columns"]]
    features.families_ = pd.DataFrame(data["families"])
    features.n_features_in_ = 2
    features.feature_names_in_ = np.array(["customer_id", "cutoff"], dtype=object)
    return features


def populations_to_plain(populations: Populations) -> dict[str, Any]:
    """Return populations as plain data."""
    counts = None if populations.counts is None else [list(test) for test in populations.counts.tests]
    return {"ended_by": list(populations.ended_by), "counts": counts}


def populations_from_plain(data: dict[str, Any]) -> Populations:
    """Make populations again."""
    counts = data["counts"]
    tests = None if counts is None else Where(tuple((column, test, tuple(values)) for column, test, values in counts))
    return Populations(tuple(data["ended_by"]), tests)


def _builder_to_plain(builder: Builder) -> dict[str, Any]:
    return {"builder": type(builder).__name__, "parameters": {k: _to_plain(v) for k, v in builder.get_params().items()}}


def _builder_from_plain(data: dict[str, Any], classes: dict[str, type[Builder]]) -> Builder:
    name = data["builder"]
    if name not in classes:
        raise MismatchError(
            f"the model uses the builder {name!r}, which cxchurn does not know.",
            allowed=listed(classes, most=40),
            hint=f"if it is your own, load the model with builders=[{name}].",
        )
    return classes[name](**{key: _from_plain(value) for key, value in data["parameters"].items()})


def _to_plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Valence):
        return {"valence": asdict(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_to_plain(one) for one in value]
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)


def _from_plain(value: Any) -> Any:
    if isinstance(value, dict):
        data = value["valence"]
        return Valence(kinds=tuple((kind, size) for kind, size in data["kinds"]), resolved=data["resolved"])
    return tuple(_from_plain(one) for one in value) if isinstance(value, list) else value
