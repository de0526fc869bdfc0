"""Reports of what happened to people: their questions, their records, and how they come in."""
