"""Small statements, as plain data and back, and the classes of the user's own among them."""
