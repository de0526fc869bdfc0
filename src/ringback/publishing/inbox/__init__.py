"""The inbox of the public host: what people asked, until it is answered and collected."""
