"""Where events are kept while they are read and afterwards: in memory, or in parts on disk."""
