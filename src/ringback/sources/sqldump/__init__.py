"""SQL dumps: MySQL, PostgreSQL, and scripts of INSERT statements."""
