"""The engine: every customer's interactions in time order, windows before cut-offs, and what can be asked of them."""

from cxchurn.history._between import count_between
from cxchurn.history._history import History, history_of
from cxchurn.history._labels_before import attribute_labels_before, labels_before
from cxchurn.history._measure import Events, Measure
from cxchurn.history._seen import Seen, as_of
from cxchurn.history._where import Where, label_is, where
from cxchurn.history._window import Window

__all__ = [
    "Events",
    "History",
    "Measure",
    "Seen",
    "Where",
    "Window",
    "as_of",
    "attribute_labels_before",
    "count_between",
    "history_of",
    "label_is",
    "labels_before",
    "where",
]
