"""From builders to columns: what a feature set learns, computes, writes down as a plan, and saves."""
