"""The checks of the linter, one file for each family of faults; `alerting/wording/linter.py` combines them."""
