"""What a table of interactions means: roles, schemas, and the TOML files that say them."""
