"""What a run comes to: figures, lists of victims, why one number is or is not on the list."""
