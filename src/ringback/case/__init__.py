"""The case: its folder, its records and log, exhibits taken in, whether it is as it was left, its backup."""
