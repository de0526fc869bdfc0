"""The app for the provider's callbacks: delivery receipts and texts that came in."""
