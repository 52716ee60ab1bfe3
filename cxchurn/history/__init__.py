"""The engine: every customer's interactions in time order, windows before cut-offs, and what can be asked of them."""

from cxchurn.history._arriving import delays, events_by_day, told_events_by_day
from cxchurn.history._asked import customers_asked
from cxchurn.history._asking import Which, answered, each_part, nobody, scatter
from cxchurn.history._attributes import AttributeHistory, attribute_history, times_ahead
from cxchurn.history._between import asked_between, count_between
from cxchurn.history._by_label import ByLabel, age_by_label, by_label
from cxchurn.history._by_themselves import by_themselves
from cxchurn.history._columns import MISSING_TIME, EventColumn, Labels, Numbers, Times
from cxchurn.history._compared import compared
from cxchurn.history._depth import Depth
from cxchurn.history._elapsed import elapsed
from cxchurn.history._followed import Followed, followed
from cxchurn.history._happenings import happenings
from cxchurn.history._histories import Histories, histories_of, history_of
from cxchurn.history._history import History
from cxchurn.history._labels_before import (
    KnownLabels,
    attribute_labels,
    attribute_labels_before,
    labels_before,
    labels_by_condition,
)
from cxchurn.history._matters import Matters, matters
from cxchurn.history._measure import Events, Measure
from cxchurn.history._mix import Mix, mix
from cxchurn.history._one import history_of_one, log_of_one
from cxchurn.history._persistence import Persistence, persistence
from cxchurn.history._populations import NAMES as POPULATIONS
from cxchurn.history._populations import Populations, populations
from cxchurn.history._ratio import ratio
from cxchurn.history._renewals import Renewals, renewals
from cxchurn.history._seen import Seen, as_of, seen_at
from cxchurn.history._segments import Segments
from cxchurn.history._steps import Steps, steps
from cxchurn.history._strongest import Strongest, strongest
from cxchurn.history._tenure import tenure, watched
from cxchurn.history._where import Where, label_is, where
from cxchurn.history._window import Window
from cxchurn.history._without_each import without_each

__all__ = [
    "MISSING_TIME",
    "POPULATIONS",
    "AttributeHistory",
    "ByLabel",
    "Depth",
    "EventColumn",
    "Events",
    "Followed",
    "Histories",
    "History",
    "KnownLabels",
    "Labels",
    "Matters",
    "Measure",
    "Mix",
    "Numbers",
    "Persistence",
    "Populations",
    "Renewals",
    "Seen",
    "Segments",
    "Steps",
    "Strongest",
    "Times",
    "Where",
    "Which",
    "Window",
    "age_by_label",
    "answered",
    "as_of",
    "asked_between",
    "attribute_history",
    "attribute_labels",
    "attribute_labels_before",
    "by_label",
    "by_themselves",
    "compared",
    "count_between",
    "customers_asked",
    "delays",
    "each_part",
    "elapsed",
    "events_by_day",
    "followed",
    "happenings",
    "histories_of",
    "history_of",
    "history_of_one",
    "label_is",
    "labels_before",
    "labels_by_condition",
    "log_of_one",
    "matters",
    "mix",
    "nobody",
    "persistence",
    "populations",
    "ratio",
    "renewals",
    "scatter",
    "seen_at",
    "steps",
    "strongest",
    "tenure",
    "times_ahead",
    "told_events_by_day",
    "watched",
    "where",
    "without_each",
]
