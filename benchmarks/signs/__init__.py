"""Training and measuring the five-signs check on labelled texts."""
