"""The compiled loops over ranges of events, labels and sequences, and the sorting of them."""
