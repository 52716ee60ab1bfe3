"""The engine: every customer's interactions in time order, windows before cut-offs, and what can be asked of them."""

from cxchurn.history.asking._asked import customers_asked
from cxchurn.history.asking._asking import Which, ask_as_of, each_part, no_rows, scatter
from cxchurn.history.asking._between import asked_between, count_between
from cxchurn.history.asking._by_themselves import by_themselves
from cxchurn.history.asking._compared import compared
from cxchurn.history.asking._depth import Depth
from cxchurn.history.asking._happenings import happenings
from cxchurn.history.asking._populations import NAMES as POPULATIONS
from cxchurn.history.asking._populations import Populations, populations
from cxchurn.history.asking._seen import Seen, as_of, seen_at
from cxchurn.history.asking.measures._measure import Events, Measure
from cxchurn.history.asking.measures._ratio import ratio
from cxchurn.history.asking.measures._segments import Segments
from cxchurn.history.asking.measures._steps import Steps, steps
from cxchurn.history.asking.questions._by_label import ByLabel, age_by_label, by_label
from cxchurn.history.asking.questions._elapsed import elapsed
from cxchurn.history.asking.questions._followed import Followed, followed
from cxchurn.history.asking.questions._matters import Matters, matters
from cxchurn.history.asking.questions._mix import Mix, mix
from cxchurn.history.asking.questions._pairs import ByLabels, Pairs, over_customers, pairs, pairs_together
from cxchurn.history.asking.questions._persistence import Persistence, persistence
from cxchurn.history.asking.questions._renewals import Renewals, renewals
from cxchurn.history.asking.questions._strongest import Strongest, strongest
from cxchurn.history.asking.questions._tenure import tenure, watched
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._arriving import delays, events_by_day, preset_events_by_day
from cxchurn.history.data._attributes import AttributeHistory, attribute_history, times_ahead
from cxchurn.history.data._columns import MISSING_TIME, EventColumn, Labels, Numbers, Times
from cxchurn.history.data._histories import Histories, histories_of, history_of
from cxchurn.history.data._history import History
from cxchurn.history.data._labels_before import (
    KnownLabels,
    attribute_labels,
    attribute_labels_before,
    labels_before,
    labels_by_condition,
)
from cxchurn.history.data._one import history_of_one, log_of_one
from cxchurn.history.data._recorded import recorded
from cxchurn.history.data._where import Where, label_is, where
from cxchurn.history.data._without_each import without_each

__all__ = [
    "MISSING_TIME",
    "POPULATIONS",
    "AttributeHistory",
    "ByLabel",
    "ByLabels",
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
    "Pairs",
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
    "as_of",
    "ask_as_of",
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
    "no_rows",
    "over_customers",
    "pairs",
    "pairs_together",
    "persistence",
    "populations",
    "preset_events_by_day",
    "ratio",
    "recorded",
    "renewals",
    "rows_of",
    "scatter",
    "seen_at",
    "steps",
    "strongest",
    "tenure",
    "times_ahead",
    "watched",
    "where",
    "without_each",
]
