"""Schema matching: proposals for the mapping of an unknown database, with their evidence.

    exhibits -> samples -> columns -> evidence for each role and field -> proposals

Nothing is decided here. A proposal says how sure it is, in odds, and why, in words. It never holds a value of a column.
"""
