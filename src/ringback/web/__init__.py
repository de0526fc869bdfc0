"""Web apps, each for itself: today one, which takes the provider's callbacks."""
