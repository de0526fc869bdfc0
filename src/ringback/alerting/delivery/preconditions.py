"""The checks before a batch is sent. Every refusal goes into the audit log."""

from dataclasses import dataclass

from ringback.alerting.batches.approval import get_planned_content, read_references, verify_approval
from ringback.alerting.batches.clock_guard import check_clock
from ringback.alerting.batches.published import check_published
from ringback.alerting.delivery.suppression_watch import SuppressionWatch
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.senders.base import Sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.alarms import raise_alarm
from ringback.records.batches import Batch, get_batch
from ringback.records.db import writing

_NOT_NEWEST = ("records_rolled_back", "mark_missing")


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch as it was checked before sending. Later states of the records are compared with it.

    Attributes:
        batch: The batch's row; its `approval_entry` is the approval that holds.
        content: The content that was planned and approved.
        references: The provider references of its alerts.
        suppressions: Notices a suppression that disappears while the batch is sent.
    """

    batch: Batch
    content: BatchContent
    references: frozenset[str]
    suppressions: SuppressionWatch


def check_rules(
    case_file: CaseFile, batch_id: str, *, member: str, sender: Sender, settle_only: bool, unpublished_why: str = ""
) -> Checked:
    """Refuse a batch that may not be sent. Every refusal goes into the audit log.

    Raises:
        RingbackError: As `send_batch`.
    """
    batch, suppressions = get_batch(case_file.records, batch_id), SuppressionWatch(case_file)
    try:
        if case_file.is_synthetic and sender.reaches_people:
            raise RingbackError("synthetic_never_sent", sender=sender.name)
        check_clock(case_file)
        case_file.check_newest()
        if not settle_only:
            verify_approval(case_file, batch)
            check_published(case_file, batch, member=member, why=unpublished_why)
            suppressions.look()
        content = get_planned_content(case_file, batch)
        with case_file.records.connect() as connection:
            references = read_references(connection, content)
        sender.check_frozen(content.sender, case_file.keys(), batch=batch_id)
        if not settle_only and (differences := sender.check_before(content.sender)):
            raise RingbackError("sender_differs", batch=batch_id, differences="; ".join(differences))
    except RingbackError as error:
        refuse(case_file, error, batch=batch_id, member=member)
        raise
    return Checked(batch, content, references, suppressions)


def refuse(case_file: CaseFile, error: RingbackError, *, batch: str, member: str) -> None:
    """Log that sending was refused, and why."""
    facts = {"batch": batch, "what": "send", "error": error.code}
    if error.code in _NOT_NEWEST:
        with writing(case_file.records).begin() as connection:
            raise_alarm(
                connection, what="records_not_newest", detail=str(error), batch=batch, now=case_file.clock.now()
            )
    case_file.log.add("refused", why=str(error), facts=facts, who=member)
