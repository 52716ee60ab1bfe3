"""Events by customer in time order, as columns: what all questions are asked of."""
