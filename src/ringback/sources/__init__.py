"""Readers of seized files, one per format: they give raw rows with their origin."""
