"""Seized formats to raw rows, each with its origin."""
