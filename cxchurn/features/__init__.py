"""Builders: ideas about customers and their experience, turned into columns that can speak."""

from cxchurn.features._active_days import ActiveDays
from cxchurn.features._attributes import Attributes
from cxchurn.features._balance import Balance
from cxchurn.features._builder import Builder, spans
from cxchurn.features._cadence import Cadence
from cxchurn.features._column import Column
from cxchurn.features._decay import Decay
from cxchurn.features._effort import Effort
from cxchurn.features._feature_set import FeatureSet, rows
from cxchurn.features._feedback import Feedback
from cxchurn.features._plain import features_from_plain, features_to_plain
from cxchurn.features._recency import Recency
from cxchurn.features._says import Number, Says
from cxchurn.features._standard import standard
from cxchurn.features._trend import Trend
from cxchurn.features._valence import Valence
from cxchurn.features._value import Value
from cxchurn.features._volume import Volume

__all__ = [
    "ActiveDays",
    "Attributes",
    "Balance",
    "Builder",
    "Cadence",
    "Column",
    "Decay",
    "Effort",
    "FeatureSet",
    "Feedback",
    "Number",
    "Recency",
    "Says",
    "Trend",
    "Valence",
    "Value",
    "Volume",
    "features_from_plain",
    "features_to_plain",
    "rows",
    "spans",
    "standard",
]
