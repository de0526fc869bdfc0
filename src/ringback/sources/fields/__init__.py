"""What one field's text means: times, durations, directions, how a call ended."""
