"""Who is looked at and when, what churned means, and how the past is kept apart from the future."""

from cxchurn.panel._asked import Asked, asked_about
from cxchurn.panel._before import before
from cxchurn.panel._cancellation import Cancellation
from cxchurn.panel._cutoffs import after_first, every, monthly, weekly
from cxchurn.panel._definition import ENDED, NEW, SILENT, ChurnDefinition, activity
from cxchurn.panel._departures import leaving_kinds
from cxchurn.panel._inactivity import Inactivity, populations_on
from cxchurn.panel._make_panel import make_panel, panel_from_labels
from cxchurn.panel._observed import Ending, observed_end
from cxchurn.panel._own_labels import OwnLabels
from cxchurn.panel._panel import Panel, check_panel, panel_of_outcomes
from cxchurn.panel._split import PanelSplit
from cxchurn.panel._sufficiency import ENOUGH, FEWEST, Verdict, sufficiency, too_few

__all__ = [
    "ENDED",
    "ENOUGH",
    "FEWEST",
    "NEW",
    "SILENT",
    "Asked",
    "Cancellation",
    "ChurnDefinition",
    "Ending",
    "Inactivity",
    "OwnLabels",
    "Panel",
    "PanelSplit",
    "Verdict",
    "activity",
    "after_first",
    "asked_about",
    "before",
    "check_panel",
    "every",
    "leaving_kinds",
    "make_panel",
    "monthly",
    "observed_end",
    "panel_from_labels",
    "panel_of_outcomes",
    "populations_on",
    "sufficiency",
    "too_few",
    "weekly",
]
