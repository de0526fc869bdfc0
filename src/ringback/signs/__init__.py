"""The check for the five signs of a scam: what a message claims, asks and threatens, and the words that show it."""
