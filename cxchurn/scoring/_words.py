"""Words that every way of scoring has for customers who get no probability."""

from __future__ import annotations

# the band of who is not asked about
NOT_ELIGIBLE = "not eligible"
# why somebody is not asked about of whom nothing was known before the cut-off; a batch does not list such customers
NEVER_SEEN = "never seen"
