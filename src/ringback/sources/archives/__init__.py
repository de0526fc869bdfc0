"""Exhibits that hold others: archives, packed and split files, and the format of what is inside."""
