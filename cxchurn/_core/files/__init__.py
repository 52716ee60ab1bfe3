"""Files and folders that survive a crash, or are swept after one: written whole, locked, held, or scratch."""
