"""Files: written whole or not at all, private to the case, and errors that say what is wrong with the disk."""
