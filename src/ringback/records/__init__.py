"""Small state on SQLAlchemy Core: exhibits and the audit log."""
