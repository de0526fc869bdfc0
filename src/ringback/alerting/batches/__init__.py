"""Batches before they are sent: planned, previewed, rehearsed, approved."""
