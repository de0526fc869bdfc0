"""The main job: its steps, the run that does them, and what a reader has to know of it."""
