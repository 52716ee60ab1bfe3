"""The customers table: its columns, its rules, and whose rows they are."""
