"""Texts: look-alike characters, word lists, printable names."""
