"""From data of any kind to a log: sources, casts, rules, what is set aside."""
