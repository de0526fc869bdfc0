"""Web apps. Each is independent of the others."""
