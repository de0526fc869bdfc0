"""The report that a detective opens: figures, funnel, charts."""
