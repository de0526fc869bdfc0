"""The program itself: when it was loaded, and the digest of its source."""
