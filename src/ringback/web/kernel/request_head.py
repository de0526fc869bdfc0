"""A request as it comes in: read by waitress, and refused where two programs could read it in two ways.

A proxy and this server must agree where a request ends. If they do not, the end of one visitor's request becomes the
beginning of another one's. So what is ambiguous is refused, and not guessed.
"""

from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]

_VERSIONS = ("1.0", "1.1")


class RequestHead(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in. What cannot be read in one way only is answered with 400."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the request line and the headers.

        Raises:
            ParsingError: They cannot be read, or not in one way only. Its text repeats nothing of the request.
        """
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # A length of thousands of digits, or an address with half a bracket: waitress lets these through.
            raise ParsingError("unreadable") from error
        if self.version not in _VERSIONS:
            raise ParsingError("neither HTTP/1.0 nor HTTP/1.1")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("two lengths")
        # waitress takes it out of a request that it reads in chunks.
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("chunks before HTTP/1.1")
        if "," in self.headers.get("HOST", ""):
            raise ParsingError("two hosts")
