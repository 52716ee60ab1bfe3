"""What a table without a schema seems to mean."""
