"""The model of alerts, batches and roles, and which state may follow which. Pure: no records, files or clock."""
