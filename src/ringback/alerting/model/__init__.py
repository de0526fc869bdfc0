"""What an alert, a batch and a role are, and what may follow what. Pure: no records, files or clock."""
