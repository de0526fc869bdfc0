"""What a run comes to, as files and as answers about people."""
