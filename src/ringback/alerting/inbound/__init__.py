"""What comes back: receipts from the provider, replies from people."""
