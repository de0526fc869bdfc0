"""Web apps, each for itself (today one, for the provider's callbacks), and the kernel of those for people."""
