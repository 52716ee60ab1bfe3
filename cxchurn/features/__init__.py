"""Builders: ideas about customers and their experience, turned into columns that can speak."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.features._active_days import ActiveDays
from cxchurn.features._activity import CORE, Activity
from cxchurn.features._after_sale import AfterSale
from cxchurn.features._attention import Attention
from cxchurn.features._attribute_roles import attribute_role, attributes_of
from cxchurn.features._attributes import Attributes
from cxchurn.features._balance import Balance
from cxchurn.features._basics import Basics
from cxchurn.features._breadth import Breadth
from cxchurn.features._builder import Builder, spans
from cxchurn.features._cadence import Cadence
from cxchurn.features._calendar_lags import CalendarLags
from cxchurn.features._clock import Clock
from cxchurn.features._column import Column
from cxchurn.features._companion import read_references, write_references
from cxchurn.features._comparing import Comparing, Crowd
from cxchurn.features._compute import columns_of
from cxchurn.features._consistency import Consistency
from cxchurn.features._continuation import Continuation
from cxchurn.features._decay import Decay
from cxchurn.features._depths import Depths, began_of, reach, start_of, started
from cxchurn.features._disruption import Disruption
from cxchurn.features._effort import Effort
from cxchurn.features._feedback import Feedback
from cxchurn.features._fitted import FittedFeatures
from cxchurn.features._hindsight import FEW_AHEAD, ahead_share, outcome_name, screen, written_on_name
from cxchurn.features._human_touch import HumanTouch
from cxchurn.features._journey import Journey
from cxchurn.features._last_k import LastK
from cxchurn.features._moments import Moments
from cxchurn.features._nightly import nightly
from cxchurn.features._peak_end import PeakEnd
from cxchurn.features._plain import KNOWN, MEANING, features_to_plain, fitted_from_plain, learned_to_plain
from cxchurn.features._plan import Plan, plan_of
from cxchurn.features._prior import Prior
from cxchurn.features._recency import Recency
from cxchurn.features._recovery import Recovery
from cxchurn.features._references import References, check_fits
from cxchurn.features._refunds import Refunds
from cxchurn.features._renewal import Renewal
from cxchurn.features._rows import rows
from cxchurn.features._said_in import language_of_model, language_of_says, language_said, said_in, texts_of
from cxchurn.features._says import Says
from cxchurn.features._spare import Spare, only_columns, without_spare
from cxchurn.features._speed import Speed
from cxchurn.features._standard import BUILDERS, every_family, small, standard
from cxchurn.features._standing import Standing
from cxchurn.features._subject_words import subject_words
from cxchurn.features._themes import THEMES, actionable_of, matter_of, theme_of
from cxchurn.features._trend import Trend
from cxchurn.features._valence import Valence
from cxchurn.features._value import Value
from cxchurn.features._vector import vector_of
from cxchurn.features._vectors import vectors_of
from cxchurn.features._volume import Volume
from cxchurn.features._word_of_mouth import WordOfMouth
from cxchurn.words import Language, Number, language_of

if TYPE_CHECKING:
    from cxchurn.features._feature_set import FeatureSet
    from cxchurn.features._from_plain import features_from_plain

# these two bring scikit-learn
__getattr__ = on_demand(__name__, {"FeatureSet": "_feature_set", "features_from_plain": "_from_plain"})

__all__ = [
    "BUILDERS",
    "CORE",
    "FEW_AHEAD",
    "KNOWN",
    "MEANING",
    "THEMES",
    "ActiveDays",
    "Activity",
    "AfterSale",
    "Attention",
    "Attributes",
    "Balance",
    "Basics",
    "Breadth",
    "Builder",
    "Cadence",
    "CalendarLags",
    "Clock",
    "Column",
    "Comparing",
    "Consistency",
    "Continuation",
    "Crowd",
    "Decay",
    "Depths",
    "Disruption",
    "Effort",
    "FeatureSet",
    "Feedback",
    "FittedFeatures",
    "HumanTouch",
    "Journey",
    "Language",
    "LastK",
    "Moments",
    "Number",
    "PeakEnd",
    "Plan",
    "Prior",
    "Recency",
    "Recovery",
    "References",
    "Refunds",
    "Renewal",
    "Says",
    "Spare",
    "Speed",
    "Standing",
    "Trend",
    "Valence",
    "Value",
    "Volume",
    "WordOfMouth",
    "actionable_of",
    "ahead_share",
    "attribute_role",
    "attributes_of",
    "began_of",
    "check_fits",
    "columns_of",
    "every_family",
    "features_from_plain",
    "features_to_plain",
    "fitted_from_plain",
    "language_of",
    "language_of_model",
    "language_of_says",
    "language_said",
    "learned_to_plain",
    "matter_of",
    "nightly",
    "only_columns",
    "outcome_name",
    "plan_of",
    "reach",
    "read_references",
    "rows",
    "said_in",
    "screen",
    "small",
    "spans",
    "standard",
    "start_of",
    "started",
    "subject_words",
    "texts_of",
    "theme_of",
    "vector_of",
    "vectors_of",
    "without_spare",
    "write_references",
    "written_on_name",
]
