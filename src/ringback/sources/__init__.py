"""One file per seized format: raw rows with their origin."""
