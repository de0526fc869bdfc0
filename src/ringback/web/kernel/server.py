"""Serving an app with waitress until a signal ends it."""

from collections.abc import Callable

import waitress  # type: ignore[import-untyped]
import waitress.buffers  # type: ignore[import-untyped]

from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.kernel.sealed_temp import SealedTempFile
from ringback.web.kernel.signals import Server, run_until_signal

THREADS = 8
_LARGEST_HEAD = 16 * 1024
_MOST_CONNECTIONS = 1000
_IDLE_S = 30


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

    def listen() -> Server:
        server: Server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident="",
            connection_limit=_MOST_CONNECTIONS,
            channel_timeout=_IDLE_S,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_header_size=_LARGEST_HEAD,
            # The app refuses bodies above its own limit itself, with a page.
            max_request_body_size=max(4 * app.config["MAX_CONTENT_LENGTH"], app.largest_body()),
            # The app decides which proxies to believe.
            clear_untrusted_proxy_headers=False,
        )
        return server

    run_until_signal(listen, host=host, port=port, listening=listening)


def seal_temp_files() -> None:
    """Have the server encrypt its temporary files. It has no setting for what they are."""
    waitress.buffers.TempfileBasedBuffer.newfile = lambda _buffer: SealedTempFile()
