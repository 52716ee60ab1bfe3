"""Why customers are at risk: contributions that add up, drivers, and reasons in words; what each interaction did to it."""

from typing import TYPE_CHECKING

from cxchurn._core import on_demand
from cxchurn.explanation._usual import USUAL, Usual
from cxchurn.explanation.reasons._chosen import Chosen, choose_reasons
from cxchurn.explanation.reasons._reasons import points_said, reason, reason_names, reasons_said, sentences
from cxchurn.explanation.reasons._telling import Telling, telling_of

if TYPE_CHECKING:
    from cxchurn.explanation._as_usual import as_usual
    from cxchurn.explanation._customer import CustomerExplanation, explain_customer
    from cxchurn.explanation._evidence import evidence
    from cxchurn.explanation._explain import explain, explain_features
    from cxchurn.explanation._explanation import Explanation
    from cxchurn.explanation._importance import importance
    from cxchurn.explanation._segment_result import Segments
    from cxchurn.explanation._segments import segments
    from cxchurn.explanation._waterfall import waterfall
    from cxchurn.explanation.ledger import Account, Ledger, account, contact_words, contacts_words, touchpoints
    from cxchurn.explanation.periods import Pulse, measure_of, measure_words, pulse
    from cxchurn.explanation.sayings import Claim, Claims, CostClaim, YearlyClaim, claims, standard_claims
    from cxchurn.explanation.whatif import (
        WhatIf,
        added,
        answered,
        called_back,
        edited,
        not_passed_on,
        refunded,
        solved,
        tone,
        what_if,
        without,
    )

_WHERE = {
    "_as_usual": ("as_usual",),
    "_customer": ("CustomerExplanation", "explain_customer"),
    "_evidence": ("evidence",),
    "_explain": ("explain", "explain_features"),
    "_explanation": ("Explanation",),
    "_importance": ("importance",),
    "_segment_result": ("Segments",),
    "_segments": ("segments",),
    "_waterfall": ("waterfall",),
    "ledger": ("Account", "Ledger", "account", "contact_words", "contacts_words", "touchpoints"),
    "whatif": (
        *("WhatIf", "added", "answered", "called_back", "edited", "not_passed_on", "refunded", "solved", "tone"),
        *("what_if", "without"),
    ),
    "periods": ("Pulse", "measure_of", "measure_words", "pulse"),
    "sayings": ("Claim", "Claims", "CostClaim", "YearlyClaim", "claims", "standard_claims"),
}
__getattr__ = on_demand(__name__, {name: module for module, names in _WHERE.items() for name in names})

__all__ = [
    "USUAL",
    "Account",
    "Chosen",
    "Claim",
    "Claims",
    "CostClaim",
    "CustomerExplanation",
    "Explanation",
    "Ledger",
    "Pulse",
    "Segments",
    "Telling",
    "Usual",
    "WhatIf",
    "YearlyClaim",
    "account",
    "added",
    "answered",
    "as_usual",
    "called_back",
    "choose_reasons",
    "claims",
    "contact_words",
    "contacts_words",
    "edited",
    "evidence",
    "explain",
    "explain_customer",
    "explain_features",
    "importance",
    "measure_of",
    "measure_words",
    "not_passed_on",
    "points_said",
    "pulse",
    "reason",
    "reason_names",
    "reasons_said",
    "refunded",
    "segments",
    "sentences",
    "solved",
    "standard_claims",
    "telling_of",
    "tone",
    "touchpoints",
    "waterfall",
    "what_if",
    "without",
]
