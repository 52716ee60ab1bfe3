"""Proofs that anyone can run."""

from cxchurn.checks._leak import LeakError, check_no_leak, forged_future

__all__ = ["LeakError", "check_no_leak", "forged_future"]
