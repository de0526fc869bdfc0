"""Exports of other centres: their columns are proposed, their rows become reports, and every row is accounted for."""
