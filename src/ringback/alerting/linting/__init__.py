"""The checks of the linter, one family of faults a file; `alerting/linter.py` puts them together."""
