"""What is refused, from planning to the public page, is in the audit log, whoever tries it and however often."""

from collections.abc import Iterator
from contextlib import contextmanager

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError


@contextmanager
def logging_refusals(case_file: CaseFile, what: str, *, member: str, batch: str = "") -> Iterator[None]:
    """Log every refusal in here; the transaction of what was refused has ended by then, so that the entry stays.

    Args:
        case_file: The case.
        what: What was tried, such as approve.
        member: Who tried it.
        batch: The batch that it was about.
    """
    try:
        yield
    except RingbackError as error:
        # A full disk or a busy database is no refusal, and the log is in the same database.
        if not error.retryable:
            facts = {"batch": batch, "what": what, "error": error.code}
            case_file.log.add("refused", why=str(error), facts=facts, who=member)
        raise
