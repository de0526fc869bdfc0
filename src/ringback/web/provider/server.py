"""Serving the provider app with waitress until a signal ends it."""

import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType

from flask import Flask

from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.web.provider.app import LARGEST_BODY
from ringback.web.provider.door import ShowsToken, open_door

_THREADS = 8


class MaskingFormatter(logging.Formatter):
    """Log lines, tracebacks included, with all but the last two digits of any number masked."""

    def format(self, record: logging.LogRecord) -> str:
        """The masked line."""
        return mask_numbers(super().format(record))


def log_masked() -> None:
    """Send every log line of this process to standard error, masked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def serve(app: Flask, *, host: str, port: int, shows_token: ShowsToken, listening: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT. Requests in progress are finished first.

    Args:
        app: The app.
        host: Where to listen.
        port: The port, or 0 for any that is free.
        shows_token: Whether a path and an Authorization header show a good token. Only then the body is read.
        listening: Called with the port once it listens.

    Raises:
        RingbackError: `port_unusable`.
    """
    try:
        server = open_door(
            app,
            host=host,
            port=port,
            threads=_THREADS,
            # The app refuses bodies above its own limit itself, with an answer in JSON.
            largest_body=4 * LARGEST_BODY,
            shows_token=shows_token,
        )
    except (OSError, ValueError) as error:
        raise RingbackError("port_unusable", host=host, port=port, problem=str(error)) from error
    try:
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, _end)
        listening(int(getattr(server, "effective_port", port)))
        server.run()
    except SystemExit:
        # The signal came outside `run`, which handles it itself.
        pass
    finally:
        server.close()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
