"""Whether probabilities mean what they say: corrections, intervals, the level of a cut-off, bands."""
