"""How texts are read as times, numbers and lengths of time, and what texts say about how other texts are meant."""
