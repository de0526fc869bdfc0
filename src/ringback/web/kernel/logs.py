"""Log lines without phone numbers."""

import logging
import sys
from collections.abc import Callable

from ringback.clock import SystemClock
from ringback.numbers.masking import mask_numbers

# The server says for each request that has to wait how many wait. A flood would fill the disk with it.
_TALKATIVE = "waitress.queue"
_SELDOM_S = 60.0


class MaskingFormatter(logging.Formatter):
    """Log lines, tracebacks included, with all but the last two digits of any number masked."""

    def format(self, record: logging.LogRecord) -> str:
        """The masked line."""
        return mask_numbers(super().format(record))


class Seldom(logging.Filter):
    """Lets one line through each minute.

    Args:
        elapsed: Seconds since any time in the past.
    """

    def __init__(self, elapsed: Callable[[], float]) -> None:
        super().__init__()
        self._elapsed, self._last = elapsed, float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line goes through."""
        now = self._elapsed()
        if now - self._last < _SELDOM_S:
            return False
        self._last = now
        return True


def log_masked() -> None:
    """Send every log line of this process to standard error, masked."""
    logging.getLogger(_TALKATIVE).addFilter(Seldom(SystemClock().elapsed))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
