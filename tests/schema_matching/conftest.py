"""The same commands as the tests of the command line type."""

from cli.conftest import keys, ringback

__all__ = ["keys", "ringback"]
