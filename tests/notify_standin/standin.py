"""The stand-in inside the process of a test."""

from pathlib import Path
from typing import Any, Self

from notify_standin.clockwork import PushedClock
from notify_standin.controls import PREFIX, Controls
from notify_standin.handle import Handle
from notify_standin.messages import Reply, Request, json_reply
from notify_standin.options import Options
from notify_standin.provider import Provider
from notify_standin.server import HOST, HttpServer
from ringback.clock import Clock, SystemClock


class NotifyStandin(Handle):
    """A running provider; use it in a `with`, or close it.

    Args:
        clock: Its time; the machine's by default.
        port: Where the API is; 0 for any. The controls have a port of their own besides.
        state: Where its keys and every accepted notification are written as JSON lines.
        options: Fields of Options.
    """

    def __init__(self, clock: Clock | None = None, *, port: int = 0, state: Path | None = None, **options: Any) -> None:
        self.clock = PushedClock(clock or SystemClock())
        self.provider = Provider(self.clock, Options(**options), state=state)
        self._controls = Controls(self.provider)
        count_incomplete = lambda: self.provider.log.count("incomplete")  # noqa: E731
        self._server = HttpServer(self._answer, self.clock, port=port, on_incomplete=count_incomplete)
        self._control_server = HttpServer(self._answer, self.clock, control_only=True)
        self.control_url = f"http://{HOST}:{self._control_server.port}"
        self.provider.url = f"http://{HOST}:{self._server.port}"
        self.provider.refuse = self._refuse
        self.provider.outages.go_down = self._go_down
        self.provider.outages.come_back = self._server.listen
        self.provider.write_state({"about": self.about, "control_url": self.control_url})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End every thread and free the ports."""
        self.clock.close()
        self._server.close()
        self._control_server.close()
        self.provider.close()

    def do(self, command: str, **arguments: Any) -> Any:
        """Run one of the controls."""
        return self._controls.run(command, arguments)

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(PREFIX):
            return self._controls.answer(request)
        if request.control_only:
            return json_reply(404, {"error": "nothing but the controls is here"})
        return self.provider.answer(request)

    def _go_down(self) -> None:
        self._server.refuse()
        self._server.break_off()

    def _refuse(self, seconds: float) -> None:
        self._server.refuse()
        self.provider.timetable.after(seconds, self._server.listen)
