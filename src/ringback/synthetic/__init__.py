"""The generator of synthetic seizures with known truth. It uses none of the code that reads numbers or files."""
