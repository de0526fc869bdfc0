"""Files: written whole or not at all, read by nobody else, and what a full disk says."""
