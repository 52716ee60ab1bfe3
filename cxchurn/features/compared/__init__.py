"""Where customers stand among others, and what became of those like them."""
