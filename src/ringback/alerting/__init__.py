"""Warning people: routes, batches, wording, staff, approval, sending, receipts."""
