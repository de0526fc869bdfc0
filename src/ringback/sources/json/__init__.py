"""JSON: JSON lines, documents, and FreeSWITCH's call records."""
