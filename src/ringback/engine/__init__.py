"""DuckDB or Spark: runs the stages, and saves each table with its hash."""
