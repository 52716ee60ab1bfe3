"""Families that are asked for by name: no real log has shown that they help everybody, so they are not in the standard set."""
