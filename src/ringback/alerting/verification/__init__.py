"""How the public can recognise a genuine alert: the campaign page, and the check of a reference."""
