"""A model as a folder of plain files with checksums: what is in it, and how it is written and read."""
