"""A scorer as a service over HTTP: events in, one customer's score out."""

from cxchurn.scoring.service._serve import Limits, serve, serve_app

__all__ = ["Limits", "serve", "serve_app"]
