"""Compiled templates, kept in the cache folder: compiling one takes longer than filling it."""

import hashlib
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from ringback.files.cache_files import read_own, write_own
from ringback.program.source import is_as_loaded, source_digest

_DIGEST_BYTES = 32


class TemplateMemory(BytecodeCache):
    """Keeps each template with the digest of what it was compiled from: its text, the program, and Jinja's version.

    Args:
        folder: Where to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it is whole and only this user can write it."""
        kept = read_own(self._file(bucket)) if is_as_loaded() else None
        if kept is not None and kept[:_DIGEST_BYTES] == _digest(bucket, kept[_DIGEST_BYTES:]):
            bucket.bytecode_from_string(kept[_DIGEST_BYTES:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if is_as_loaded():
            content = bucket.bytecode_to_string()
            write_own(self._file(bucket), _digest(bucket, content) + content)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{bucket.key[:16]}.bin"


def _digest(bucket: Bucket, compiled: bytes) -> bytes:
    """SHA-256 of a compiled template and of all that it was made of."""
    made_of = f"{jinja2.__version__} {source_digest()} {bucket.key} {bucket.checksum}\n"
    return hashlib.sha256(made_of.encode() + compiled).digest()
