"""Exhibits to tables of calls: what each row's text says, a column at a time."""
