"""From a table to cells: each column as its role wants it, with a mark where something could not be read."""
