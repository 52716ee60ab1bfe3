"""What a log holds, before anything is modelled: counts, gaps, delays, what is filled, and what looks odd."""
