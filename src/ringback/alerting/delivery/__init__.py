"""Sending a batch: each alert accepted at most once, and none lost."""
