"""Events on their way in: which are new, which were there already, and what is odd about them."""
