"""Serving the provider app with waitress until a signal ends it."""

from collections.abc import Callable

from flask import Flask

from ringback.web.kernel.signals import run_until_signal
from ringback.web.provider.app import LARGEST_BODY
from ringback.web.provider.door import ShowsToken, open_door

_THREADS = 8


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
    run_until_signal(
        lambda: open_door(
            app,
            host=host,
            port=port,
            threads=_THREADS,
            # The app refuses bodies above its own limit itself, with an answer in JSON.
            largest_body=4 * LARGEST_BODY,
            shows_token=shows_token,
        ),
        host=host,
        port=port,
        listening=listening,
    )
