"""What comes out of a run: figures, lists of victims, why one number is or is not on the list."""
