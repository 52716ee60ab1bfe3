"""Who customers are."""
