"""Panels of a sixth round, after `seventh_hold_out` had been learnt from: four with calls, six without.

They are in the folder `eighth`. What is right was written down, and kept, before the first try; whoever wrote them
had read the scoring by then.
"""

from schema_matching.eighth import others, placed

PANELS = placed.PANELS
WITHOUT_CALLS = others.WITHOUT_CALLS
