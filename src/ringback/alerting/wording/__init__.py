"""The words of an alert, and the rules that block them. Pure: no records, files or clock."""
