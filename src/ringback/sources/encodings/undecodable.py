"""An error handler for codecs, registered by name: it keeps each undecodable byte as a lone surrogate."""

import codecs
import re

KEEP_BYTES = "ringback.keep_bytes"
_NO_BEGINNING = re.compile(rb"[\x80-\xc1\xf5-\xff]+")


def keep_bytes(error: UnicodeError) -> tuple[str, int]:
    """Keep each undecodable byte as a lone surrogate, even the ASCII bytes that surrogateescape refuses."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding == "utf-8":
        # Take a whole run of bytes that begin no character: one call per byte takes minutes for millions.
        more = _NO_BEGINNING.match(error.object, error.end)
        end = more.end() if more else error.end
        return error.object[error.start : end].decode("ascii", "surrogateescape"), end
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(KEEP_BYTES, keep_bytes)
