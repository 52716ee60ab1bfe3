"""Instants, spans of time, and the zones whose clocks show them."""
