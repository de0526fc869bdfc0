"""Panels of a fifth round, by somebody who had not read the scoring: twelve with calls, twelve with what tempts.

They are in the folder `seventh`. What is right was written down, and kept, before the first try.
"""

from schema_matching.seventh import foreign, machines, offices, structures

PANELS = foreign.PANELS | structures.PANELS
WITHOUT_CALLS = machines.WITHOUT_CALLS | offices.WITHOUT_CALLS
