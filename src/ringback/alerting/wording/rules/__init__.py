"""The checks of the linter, one family of faults a file; `alerting/wording/linter.py` puts them together."""
