"""Report what happened: question by question, from the first page to the status of what was sent."""
