"""Who is looked at and when, what churned means, and how the past is kept apart from the future."""

from cxchurn.panel._cancellation import Cancellation
from cxchurn.panel._cutoffs import after_first, every, monthly, weekly
from cxchurn.panel._definition import ChurnDefinition, activity
from cxchurn.panel._inactivity import Inactivity
from cxchurn.panel._make_panel import make_panel, panel_from_labels
from cxchurn.panel._observed import Ending, observed_end
from cxchurn.panel._own_labels import OwnLabels
from cxchurn.panel._panel import Panel
from cxchurn.panel._split import PanelSplit
from cxchurn.panel._sufficiency import ENOUGH, FEWEST, Verdict, sufficiency, too_few

__all__ = [
    "ENOUGH",
    "FEWEST",
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
    "every",
    "make_panel",
    "monthly",
    "observed_end",
    "panel_from_labels",
    "sufficiency",
    "too_few",
    "weekly",
]
