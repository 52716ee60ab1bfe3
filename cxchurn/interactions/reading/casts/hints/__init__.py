"""What to write in a schema where its columns cannot be read as it says: found out from the data."""
