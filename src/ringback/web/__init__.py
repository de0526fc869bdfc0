"""Web apps. Each stands alone."""
