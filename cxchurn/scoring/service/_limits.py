"""How much the service takes at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much the service takes at a time.

    Parameters
    ----------
    max_bytes : int, default 4,000,000
        The largest body of a request.
    max_events : int, default 10,000
        The most events in a request.
    max_requests : int, default 256
        The most requests at a time; more are told to come back later (503). Only of the server that `serve` starts.
    """

    max_bytes: int = 4_000_000
    max_events: int = 10_000
    max_requests: int = 256
