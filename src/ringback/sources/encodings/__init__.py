"""Bytes to text: encodings, padding, undecodable bytes, and lines too long to be rows."""
