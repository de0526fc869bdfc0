"""Ctrl-C and requests to end, at any moment: one line that says how to go on, and exit code 130 (or 143).

The first one raises KeyboardInterrupt, so that everything is closed as usual. A second one ends the process at once,
and so does the first if closing takes too long: a library in the middle of something long does not see the exception.
Nothing is lost either way: what is finished is on disk, and the rest is made again.

This module is loaded before the rest of the program, to cover the first seconds too. So it imports little.
"""

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

# Seconds within which a command that was told to stop has to end.
GRACE_S = 3.0
# Seconds that the records may take to be closed, on a machine with much else to do.
_CLOSING_S = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GO_ON = "give the same command again"


class _State:
    """The signal that this process got, and what it says when it stops."""

    signal: int | None = None
    go_on: str = _GO_ON
    said: bool = False
    lock = threading.Lock()


def heed_signals() -> None:
    """Have Ctrl-C and SIGTERM stop this process as described. Called once, by the first thing that runs."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for one in _SIGNALS:
        # Whoever started the program may have told it to ignore Ctrl-C (nohup, a job in the background).
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, _stop)
    sys.unraisablehook = _hush(sys.unraisablehook)
    threading.Thread(target=_insist, args=(reader,), name="stopping", daemon=True).start()
    # Signals that came meanwhile are delivered now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def say_how_to_go_on(words: str = _GO_ON) -> None:
    """Set what the line of a stopped command says about going on."""
    _State.go_on = words


def is_stopped() -> bool:
    """Whether this process was told to stop."""
    return _State.signal is not None


def exit_code() -> int:
    """The exit code of a stopped command: 128 and the number of the signal."""
    return 128 + (_State.signal or signal.SIGINT)


def say_stopped() -> None:
    """Write the one line, once."""
    with _State.lock:
        if _State.said:
            return
        _State.said = True
    cursor = "\r\x1b[K\x1b[?25h" if sys.stderr is not None and sys.stderr.isatty() else ""
    try:
        os.write(2, f"{cursor}stopped; {_State.go_on}\n".encode())
    except OSError:
        return


def end_stopped() -> NoReturn:
    """Say it and end at once. The records are closed, unless something holds that up."""
    say_stopped()
    # Whatever opened records has loaded this module. If nothing has, there is nothing to close.
    closing = sys.modules.get("ringback.records.closing")
    if closing is not None:
        # A busy thread may hold them. They are then left as after a kill, which loses nothing either.
        with suppress(Exception):
            closing.close_all(patience_s=_CLOSING_S)
    os._exit(exit_code())


def _stop(number: int, _frame: FrameType | None) -> None:
    if _State.signal is None:
        _State.signal = number
        raise KeyboardInterrupt


def _insist(reader: int) -> None:
    """Wait for the first signal; then end this process at the second one, or when `GRACE_S` is over."""
    while True:
        number = os.read(reader, 1)[0]
        # Sending and the web apps end in their own way, with handlers of their own for these signals.
        if number in _SIGNALS and signal.getsignal(number) is _stop:
            break
    select.select([reader], [], [], GRACE_S)
    end_stopped()


def _hush(usual: Callable[["sys.UnraisableHookArgs"], Any]) -> Callable[["sys.UnraisableHookArgs"], Any]:
    def show(unraisable: "sys.UnraisableHookArgs") -> None:
        # The one line already tells of an interrupt inside a destructor.
        if not (is_stopped() and unraisable.exc_type is KeyboardInterrupt):
            usual(unraisable)

    return show
