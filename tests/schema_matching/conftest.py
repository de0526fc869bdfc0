"""The fixtures of the tests of the command line."""

from cli.conftest import keys, ringback

__all__ = ["keys", "ringback"]
