"""The report a detective opens."""
