"""Texts: look-alike characters, lists of words, names that can be shown."""
