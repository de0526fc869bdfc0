"""Ctrl-C and requests to end, at any moment: one line that says how to go on, and exit code 130 (or 143).

The first one raises KeyboardInterrupt, so that everything is left as usual. A second one ends the process at once, and
so does the first when leaving takes too long: a library in the middle of something long does not hear of an exception.
Nothing is lost either way, for what is finished is on disk and what is not is made again.

This module is loaded before the program is, so that the first seconds are covered too: it imports little.
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

# Seconds in which a command that was told to stop has to be gone.
GRACE_S = 3.0
# Seconds that the records may take to be closed, on a machine with much else to do.
_CLOSING_S = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GO_ON = "give the same command again"


class _State:
    """What this process was told, and what it says then."""

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
        # Whoever started the program may have wanted it not to hear of Ctrl-C (nohup, a job in the background).
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, _stop)
    sys.unraisablehook = _hush(sys.unraisablehook)
    threading.Thread(target=_insist, args=(reader,), name="stopping", daemon=True).start()
    # What came meanwhile comes now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def say_how_to_go_on(words: str = _GO_ON) -> None:
    """Set what the line says that a stopped command leaves behind."""
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
    """Say it and end at once; the records are closed where nothing holds that up."""
    say_stopped()
    # Loaded by whatever opened records; where it is not, there is nothing to close.
    closing = sys.modules.get("ringback.records.closing")
    if closing is not None:
        # A thread in the middle of something may hold them: then they are as after a kill, and lose nothing either.
        with suppress(Exception):
            closing.close_all(patience_s=_CLOSING_S)
    os._exit(exit_code())


def _stop(number: int, _frame: FrameType | None) -> None:
    if _State.signal is None:
        _State.signal = number
        raise KeyboardInterrupt


def _insist(reader: int) -> None:
    """Wait for the first signal; then end this process at the second one, or when the time is over."""
    while True:
        number = os.read(reader, 1)[0]
        # Sending and the web apps end in their own way, and have put their own hands on the signals.
        if number in _SIGNALS and signal.getsignal(number) is _stop:
            break
    select.select([reader], [], [], GRACE_S)
    end_stopped()


def _hush(usual: Callable[["sys.UnraisableHookArgs"], Any]) -> Callable[["sys.UnraisableHookArgs"], Any]:
    def show(unraisable: "sys.UnraisableHookArgs") -> None:
        # An interrupt that came inside a destructor is told by the one line already.
        if not (is_stopped() and unraisable.exc_type is KeyboardInterrupt):
            usual(unraisable)

    return show
