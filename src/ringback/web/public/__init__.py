"""The public service: is this text from us? It stands on a bundle and an inbox, and has no path to a case."""
