"""Archives, compressed files and split files: opening them, and detecting the format of what is inside."""
