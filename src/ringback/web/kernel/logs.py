"""Log lines without phone numbers."""

import logging
import sys

from ringback.numbers.masking import mask_numbers


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
