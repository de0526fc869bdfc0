"""The five signs of a scam: what a message or call claims, asks and threatens, with the words that show it."""
