"""Reasons: what columns can tell, which of it is chosen, and how it is said."""
