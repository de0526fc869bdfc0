"""Running a server until a signal ends it."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from ringback.errors import RingbackError


class Server(Protocol):
    """A server that listens already."""

    def run(self) -> None:
        """Serve until something is raised."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def run_until_signal(listen: Callable[[], Server], *, host: str, port: int, listening: Callable[[int], None]) -> None:
    """Run a server until SIGTERM or SIGINT. Only from the main thread.

    Args:
        listen: Makes the server.
        host: Where it listens, for the error.
        port: The port that was asked for.
        listening: Called with the port once it listens.

    Raises:
        RingbackError: `port_unusable`.
    """
    try:
        server = listen()
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
