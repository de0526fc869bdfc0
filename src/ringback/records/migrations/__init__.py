"""Migrations of the records from one format to the next."""
