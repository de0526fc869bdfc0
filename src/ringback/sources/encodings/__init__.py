"""Bytes to text: encodings, padding, and lines too long to be rows."""
