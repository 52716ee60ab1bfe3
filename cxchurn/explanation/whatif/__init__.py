"""What the model would say had interactions gone otherwise."""

from cxchurn.explanation.whatif._result import WhatIf
from cxchurn.explanation.whatif._said import (
    added,
    answered,
    called_back,
    edited,
    not_passed_on,
    refunded,
    solved,
    tone,
    without,
)
from cxchurn.explanation.whatif._what_if import what_if

__all__ = [
    "WhatIf",
    "added",
    "answered",
    "called_back",
    "edited",
    "not_passed_on",
    "refunded",
    "solved",
    "tone",
    "what_if",
    "without",
]
