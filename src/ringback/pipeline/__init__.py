"""The run: which step makes which table, the proof that rows add up, and what to know first."""
