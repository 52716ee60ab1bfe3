"""From bytes to a table: which files, how text is written, JSON, databases, frames, fields inside columns."""
