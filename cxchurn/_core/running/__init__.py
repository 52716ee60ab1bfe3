"""How work runs: compiled, in threads, with its progress said and its memory known."""
