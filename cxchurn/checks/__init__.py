"""Proofs that anyone can run."""

from cxchurn.checks._builder import BuilderError, check_builder
from cxchurn.checks._drift import check_drift
from cxchurn.checks._leak import LeakError, check_no_leak, forged_future

__all__ = ["BuilderError", "LeakError", "check_builder", "check_drift", "check_no_leak", "forged_future"]
