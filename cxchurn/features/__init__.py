"""Builders: ideas about customers and their experience, turned into columns that can speak."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._said_in import language_of_model, language_of_says, language_said, said_in, texts_of
from cxchurn.features._says import Says
from cxchurn.features._standard import BUILDERS, MEASURES, every_family, small, standard
from cxchurn.features._subject_words import subject_words
from cxchurn.features._themes import EXPERIENCE, THEMES, actionable_of, matter_of, theme_of, theme_of_measure
from cxchurn.features.by_name._bargain import Bargain
from cxchurn.features.by_name._bot_loops import BotLoops
from cxchurn.features.by_name._clock import Clock
from cxchurn.features.by_name._last_k import LastK
from cxchurn.features.by_name._loyalty import Loyalty
from cxchurn.features.by_name._network import Network
from cxchurn.features.by_name._overdue import Overdue
from cxchurn.features.by_name._prior import Prior
from cxchurn.features.by_name._returns import Returns
from cxchurn.features.by_name._sessions import Sessions
from cxchurn.features.by_name._staff import Staff
from cxchurn.features.by_name._track_record import TrackRecord
from cxchurn.features.compared._disruption import Disruption
from cxchurn.features.compared._standing import Standing
from cxchurn.features.experience._after_sale import AfterSale
from cxchurn.features.experience._attention import Attention
from cxchurn.features.experience._balance import Balance
from cxchurn.features.experience._basics import Basics
from cxchurn.features.experience._consistency import Consistency
from cxchurn.features.experience._effort import Effort
from cxchurn.features.experience._feedback import Feedback
from cxchurn.features.experience._human_touch import HumanTouch
from cxchurn.features.experience._moments import Moments
from cxchurn.features.experience._peak_end import PeakEnd
from cxchurn.features.experience._recovery import Recovery
from cxchurn.features.experience._refunds import Refunds
from cxchurn.features.experience._response import Response
from cxchurn.features.experience._speed import Speed
from cxchurn.features.experience._word_of_mouth import WordOfMouth
from cxchurn.features.fitting._attribute_roles import attribute_role, attributes_of
from cxchurn.features.fitting._certain_roles import needed
from cxchurn.features.fitting._companion import read_references, write_references
from cxchurn.features.fitting._compute import columns_of
from cxchurn.features.fitting._depths import Depths, began_of, known_of, reach
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.fitting._nightly import nightly
from cxchurn.features.fitting._plain import KNOWN, MEANING, features_to_plain, fitted_from_plain, learned_to_plain
from cxchurn.features.fitting._plan import Plan, plan_of
from cxchurn.features.fitting._rows import rows
from cxchurn.features.fitting._spare import Spare, features_of_use, only_columns, without_spare
from cxchurn.features.fitting._vector import vector_of
from cxchurn.features.fitting._vectors import vectors_of
from cxchurn.features.money._value import Value
from cxchurn.features.profile._attributes import Attributes
from cxchurn.features.profile._hindsight import FEW_AHEAD, ahead_share, outcome_name, screen, written_on_name
from cxchurn.features.rhythm._active_days import ActiveDays
from cxchurn.features.rhythm._activity import CORE, Activity
from cxchurn.features.rhythm._breadth import Breadth
from cxchurn.features.rhythm._cadence import Cadence
from cxchurn.features.rhythm._calendar_lags import CalendarLags
from cxchurn.features.rhythm._continuation import Continuation
from cxchurn.features.rhythm._decay import Decay
from cxchurn.features.rhythm._journey import Journey
from cxchurn.features.rhythm._recency import Recency
from cxchurn.features.rhythm._renewal import Renewal
from cxchurn.features.rhythm._trend import Trend
from cxchurn.features.rhythm._volume import Volume
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._references import References, check_fits
from cxchurn.features.shared._valence import Valence
from cxchurn.words import Language, Number, language_of

if TYPE_CHECKING:
    from cxchurn.features._feature_set import FeatureSet
    from cxchurn.features.fitting._from_plain import features_from_plain

# these two bring scikit-learn
__getattr__ = on_demand(__name__, {"FeatureSet": "_feature_set", "features_from_plain": "fitting._from_plain"})

__all__ = [
    "BUILDERS",
    "CORE",
    "EXPERIENCE",
    "FEW_AHEAD",
    "KNOWN",
    "MEANING",
    "MEASURES",
    "THEMES",
    "ActiveDays",
    "Activity",
    "AfterSale",
    "Attention",
    "Attributes",
    "Balance",
    "Bargain",
    "Basics",
    "BotLoops",
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
    "Loyalty",
    "Moments",
    "Network",
    "Number",
    "Overdue",
    "PeakEnd",
    "Plan",
    "Prior",
    "Recency",
    "Recovery",
    "References",
    "Refunds",
    "Renewal",
    "Response",
    "Returns",
    "Says",
    "Sessions",
    "Spare",
    "Speed",
    "Staff",
    "Standing",
    "TrackRecord",
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
    "features_of_use",
    "features_to_plain",
    "fitted_from_plain",
    "known_of",
    "language_of",
    "language_of_model",
    "language_of_says",
    "language_said",
    "learned_to_plain",
    "matter_of",
    "needed",
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
    "subject_words",
    "texts_of",
    "theme_of",
    "theme_of_measure",
    "vector_of",
    "vectors_of",
    "without_spare",
    "write_references",
    "written_on_name",
]
