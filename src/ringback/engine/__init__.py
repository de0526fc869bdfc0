"""Runs the stages and saves their tables."""
