"""A scorer as a service over HTTP: events in, one customer's score out."""

from cxchurn.scoring.service._limits import Limits
from cxchurn.scoring.service._serve import serve, serve_app
from cxchurn.scoring.service._warm import warm_up

__all__ = ["Limits", "serve", "serve_app", "warm_up"]
