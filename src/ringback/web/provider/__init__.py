"""What the provider of texts may call: delivery receipts and texts that came in."""
