"""Pure functions: Ibis tables in, one Ibis table out. No engine, no files, no clock, no settings."""
