"""What may be asked of the past of a customer as of an instant: who sees what, windows, conditions, questions."""
