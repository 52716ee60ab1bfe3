"""What is known of each customer, and where it is kept: in memory, or in a file of SQLite."""
