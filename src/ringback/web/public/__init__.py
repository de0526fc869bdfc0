"""The public service: the guide, and the check of a text. It stands on a bundle and an inbox, and knows no case."""
