"""Exhibits, audit log, staff, batches and alerts, in SQLite or PostgreSQL; one function is one transaction's worth."""
