"""From one format of the records to the next."""
