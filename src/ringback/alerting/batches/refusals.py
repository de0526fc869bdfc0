"""Every refusal, from planning to the public page, goes into the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError


@contextmanager
def logging_refusals(case_file: CaseFile, what: str, *, member: str, batch: str = "") -> Iterator[None]:
    """Log a refusal raised in this context. The refused transaction has ended by then, so the entry stays.

    Args:
        case_file: The case.
        what: The action tried, such as approve.
        member: Who tried it.
        batch: The batch it was about.
    """
    try:
        yield
    except RingbackError as error:
        # A full disk or a busy database is no refusal, and could not be logged: the log is in the same database.
        if not error.retryable:
            facts = {"batch": batch, "what": what, "error": error.code}
            case_file.log.add("refused", why=str(error), facts=facts, who=member)
        raise
