"""The records of a case, on SQLAlchemy Core: exhibits, the audit log, staff and alerts."""
