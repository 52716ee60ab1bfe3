"""Proofs that anyone can run."""

from cxchurn.checks._builder import BuilderError, check_builder
from cxchurn.checks._drift import check_drift
from cxchurn.checks._forged import forged_future
from cxchurn.checks._hindsight import check_hindsight
from cxchurn.checks._leak import LeakError, check_no_leak

__all__ = [
    "BuilderError",
    "LeakError",
    "check_builder",
    "check_drift",
    "check_hindsight",
    "check_no_leak",
    "forged_future",
]
