"""Windows: the past of each row's customer, and questions about it that have one answer."""
