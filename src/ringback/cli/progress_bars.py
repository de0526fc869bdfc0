"""Progress of a long job: a bar on a terminal, a line now and then in a log file, nothing beside JSON."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from ringback.cli.terminal import err
from ringback.numbers.masking import mask_numbers
from ringback.progress import watched_by

# Seconds between two lines where there is no terminal.
LINE_EVERY_S = 10.0
# A guess of the time left from less than this is worse than none.
_GUESS_AFTER_S, _GUESS_AFTER_SHARE = 2.0, 0.01


@dataclass
class Step:
    """A step of a job: its units, how many are done, and how much of the current one is done."""

    label: str
    total: int | None
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    share: float = 0.0

    @property
    def fraction(self) -> float | None:
        """How much of it is done, from 0 to 1; None where nobody knows."""
        return min(1.0, (self.done + self.share) / self.total) if self.total else None

    def elapsed_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def left_s(self) -> float | None:
        """Seconds that it may still take, if it goes on as it did; None while it is too early to say.

        >>> step = Step("Reading", 100, began=time.monotonic() - 30, done=25)
        >>> round(step.left_s())
        90
        """
        elapsed, fraction = self.elapsed_s(), self.fraction
        if fraction is None or elapsed < _GUESS_AFTER_S or fraction < _GUESS_AFTER_SHARE:
            return None
        return elapsed * (1 - fraction) / fraction

    def words(self) -> str:
        """Percentage, time elapsed and time left."""
        fraction, left = self.fraction, self.left_s()
        parts = [f"{fraction:4.0%}"] if fraction is not None else []
        parts.append(f"{_clock(self.elapsed_s())} elapsed")
        if left is not None:
            parts.append(f"about {_clock(left)} left")
        return ", ".join(parts)


class BarProgress:
    """Tells on standard error how far a command is, one step after the other.

    Args:
        quiet: Say nothing: the result is for a program.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._step: Step | None = None
        self._line_at = time.monotonic()

    @contextmanager
    def step(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show the step until it has ended; on a terminal its bar stays.

        Args:
            label: What is done.
            total: Units of work; None where nobody knows.
        """
        step = self._step = Step(mask_numbers(label), total)
        shown = self._silent if self._quiet else self._bar if err.is_terminal else self._lines
        try:
            with watched_by(self), shown(step):
                yield lambda done: _advance(step, done)
                step.done, step.share = step.total or 0, 0.0
        finally:
            self._step = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hear notes between steps too."""
        with watched_by(self):
            yield

    def note(self, text: str) -> None:
        """Show a line at once."""
        if not self._quiet:
            err.print(mask_numbers(text), markup=False)

    def within(self, share: float) -> None:
        """Show how much of the current unit is done."""
        if self._step is not None:
            self._step.share = min(max(share, 0.0), 1.0)

    @contextmanager
    def _silent(self, _step: Step) -> Iterator[None]:
        yield

    @contextmanager
    def _bar(self, step: Step) -> Iterator[None]:
        # Imported here, because only a terminal shows a bar.
        from ringback.cli.drawn_bar import drawn_bar

        with (
            drawn_bar(err, step.label, known=bool(step.total), words=step.words) as show,
            _every(0.25, lambda: show(step.fraction or 0.0)),
        ):
            yield

    @contextmanager
    def _lines(self, step: Step) -> Iterator[None]:
        with _every(0.5, lambda: self._line(step)):
            yield
        # A last line only if there was one before.
        if step.began < self._line_at:
            self._line(step)

    def _line(self, step: Step) -> None:
        now = time.monotonic()
        if now - self._line_at >= LINE_EVERY_S:
            self._line_at = now
            err.print(f"{step.label}: {step.words().strip()}", markup=False)


def _advance(step: Step, done: int) -> None:
    step.done, step.share = step.done + done, 0.0


@contextmanager
def _every(seconds: float, tell: Callable[[], None]) -> Iterator[None]:
    """Call a function every so often while the context lasts, whatever the main thread is busy with."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(seconds):
            tell()

    thread = threading.Thread(target=go_on, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
