"""Pure Ibis tables in, one Ibis table out: no engine, no files, no clock, no settings."""
