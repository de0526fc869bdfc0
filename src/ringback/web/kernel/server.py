"""Serving an app with waitress until a signal ends it."""

from collections.abc import Callable

import waitress.buffers  # type: ignore[import-untyped]

from ringback.web.kernel.connections import listen
from ringback.web.kernel.headers import headers_without_app
from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.kernel.sealed_temp import SealedTempFile
from ringback.web.kernel.signals import Server, run_until_signal

THREADS = 8
_MARGIN = 4
# A longer body, such as a picture, waits in a sealed temporary file: hundreds of them would fill the memory.
_IN_MEMORY = 512 * 1024


def serve(app: KernelApp, *, host: str, port: int, threads: int = THREADS, listening: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT. Requests in progress are finished first.

    Args:
        app: The app.
        host: Where to listen.
        port: The port, or 0 for any that is free.
        threads: How many requests are answered at once.
        listening: Called with the port once it listens.

    Raises:
        RingbackError: `port_unusable`.
        RuntimeError: A route has no contract.
    """
    app.check_contracts()
    seal_temp_files()

    def start() -> Server:
        # The app refuses bodies above its own limit itself, with a page.
        largest = max(_MARGIN * app.rules.largest_body, app.largest_body() + app.rules.largest_body)
        server: Server
        server, _sockets = listen(
            app, host=host, port=port, threads=threads, largest_body=largest, in_memory=_IN_MEMORY,
            headers=headers_without_app(),
        )  # fmt: skip
        return server

    run_until_signal(start, host=host, port=port, listening=listening)


def seal_temp_files() -> None:
    """Have the server encrypt its temporary files. It has no setting for what they are."""
    waitress.buffers.TempfileBasedBuffer.newfile = lambda _buffer: SealedTempFile()
