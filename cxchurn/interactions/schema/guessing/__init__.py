"""Guessing a schema from what is known of a table: which column plays which role, and what is left to be decided."""
