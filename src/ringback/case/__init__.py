"""A case: its folder, records and log; exhibits taken in; integrity; backup."""
