"""What the tables of an unknown database seem to be: proposals for a mapping, with their evidence.

    exhibits -> samples -> columns -> evidence for each role and field -> proposals

Nothing here decides: a proposal says how sure it is, in odds, and why, in words. No value of a column is kept in one.
"""
