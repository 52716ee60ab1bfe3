"""The simulated world: its people, its calendar, what really drives leaving, and the diary of it all."""
