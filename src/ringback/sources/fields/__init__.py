"""The meaning of a field's text: times, durations, directions, and how a call ended."""
