"""The case: its folder, its records and audit log, registration of exhibits, integrity, backup."""
