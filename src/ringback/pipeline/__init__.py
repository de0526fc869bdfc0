"""The main job: its steps, the run that does them, the proof that rows add up, what a reader must know first."""
