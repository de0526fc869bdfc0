"""How the public can tell a genuine alert: the campaign page, and the check of a reference."""
