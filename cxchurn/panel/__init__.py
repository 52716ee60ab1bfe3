"""Who is looked at and when, what churned means, and how the past is kept apart from the future."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.panel._asked import Asked, asked_about
from cxchurn.panel._eligibility import Eligibility
from cxchurn.panel._from_labels import panel_from_labels
from cxchurn.panel._make_panel import make_panel, outcomes, rows_at
from cxchurn.panel._observed import Ending, counted, observed_end, preset_ending
from cxchurn.panel._panel import Panel, check_panel, panel_of_outcomes
from cxchurn.panel._peers import PEER_BACK, PEER_LEFT, peers_left
from cxchurn.panel._split import PanelSplit
from cxchurn.panel._sufficiency import ENOUGH, FEWEST, Verdict, sufficiency, too_few
from cxchurn.panel.churn._cancellation import Cancellation
from cxchurn.panel.churn._definition import ENDED, NEW, SILENT, ChurnDefinition, activity
from cxchurn.panel.churn._departures import known_departures, leaving_kinds, preset_departures
from cxchurn.panel.churn._inactivity import Inactivity, populations_on
from cxchurn.panel.churn._kinds import EVER, preset_labels, unknown_label
from cxchurn.panel.churn._own_labels import OwnLabels
from cxchurn.panel.cutoffs._after_interactions import after_interactions
from cxchurn.panel.cutoffs._before import before
from cxchurn.panel.cutoffs._cutoffs import after_first, check_inside, every, monthly, weekly

if TYPE_CHECKING:
    from cxchurn.panel._listed_ids import ids_in
    from cxchurn.panel._values import Values, ids_like, values_of

# lists and values come as files and frames, which a service does without
_LISTS = {"_listed_ids": ("ids_in",), "_values": ("Values", "ids_like", "values_of")}
__getattr__ = on_demand(__name__, {name: module for module, names in _LISTS.items() for name in names})

__all__ = [
    "ENDED",
    "ENOUGH",
    "EVER",
    "FEWEST",
    "NEW",
    "PEER_BACK",
    "PEER_LEFT",
    "SILENT",
    "Asked",
    "Cancellation",
    "ChurnDefinition",
    "Eligibility",
    "Ending",
    "Inactivity",
    "OwnLabels",
    "Panel",
    "PanelSplit",
    "Values",
    "Verdict",
    "activity",
    "after_first",
    "after_interactions",
    "asked_about",
    "before",
    "check_inside",
    "check_panel",
    "counted",
    "every",
    "ids_in",
    "ids_like",
    "known_departures",
    "leaving_kinds",
    "make_panel",
    "monthly",
    "observed_end",
    "outcomes",
    "panel_from_labels",
    "panel_of_outcomes",
    "peers_left",
    "populations_on",
    "preset_departures",
    "preset_ending",
    "preset_labels",
    "rows_at",
    "sufficiency",
    "too_few",
    "unknown_label",
    "values_of",
    "weekly",
]
