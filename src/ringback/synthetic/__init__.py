"""A made-up seizure with its known truth."""
