"""The log itself: its events, its customers, what was found wrong with it, and until when it is whole."""
