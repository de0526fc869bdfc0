"""Settling alerts without sending any: a batch's bookkeeper, and its part of the provider's list read to the end."""

from datetime import timedelta

from ringback.alerting.batches.approval import get_planned_content, read_references
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.outcomes import OutcomeRecorder
from ringback.alerting.delivery.recheck import Examiner
from ringback.alerting.delivery.timings import Timings
from ringback.alerting.senders.base import CannotAsk, Refused, Sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import Batch, get_batch
from ringback.records.db import writing
from ringback.records.sending import find_first_claim


def make_recorder(
    case_file: CaseFile, batch_id: str, *, member: str, sender: Sender, observer: Observer
) -> OutcomeRecorder:
    """A bookkeeper for who settles alerts without sending.

    Raises:
        RingbackError: `batch_altered` or `audit_broken`.
    """
    content = get_planned_content(case_file, get_batch(case_file.records, batch_id))
    with case_file.records.connect() as connection:
        references = read_references(connection, content)
    examiner = Examiner(case_file.keys(), content, sender, references)
    return OutcomeRecorder(batch_id, member, sender, examiner, Timings(), case_file.log, observer)


def settle_whole_list(case_file: CaseFile, recorder: OutcomeRecorder, batch: Batch, *, again: bool) -> int:
    """Read the provider's list back to where a batch began, until nothing new comes; settle what it has.

    Args:
        case_file: The case.
        recorder: Records the batch's outcomes; its sender shows a list.
        batch: The batch.
        again: Whether to read it at least twice, as far apart as it takes to settle: nobody knows when the last text
            was sent.

    Returns:
        How many texts no attempt explains.

    Raises:
        RingbackError: `provider_refuses`.
    """
    clock, reader, timings, strangers, passes = case_file.clock, recorder.reader, recorder.timings, 0, 0
    with case_file.records.connect() as connection:
        first = find_first_claim(connection, batch.id)
    since, settles = first or batch.planned_at, recorder.settles
    reader.begin(reads=True, since=since, now=clock.now(), settles=settles)
    while reader.is_reading or (again and passes < 2):
        if not reader.is_reading:
            later = clock.now() + timedelta(seconds=settles)
            reader.begin(reads=True, since=since, now=later, settles=settles)
        job = reader.next_job(clock.now())
        if job is None:
            clock.sleep(max(0.0, (reader.next_at - clock.now()).total_seconds()))
            continue
        try:
            page = recorder.sender.read_list(job.older_than)
        except Refused as error:
            raise RingbackError("provider_refuses", problem=str(error)) from error
        except CannotAsk as error:
            reader.put_off(clock.now(), timedelta(seconds=timings.ask_again_s))
            recorder.observer.note(f"the provider did not show its list ({error}); it is asked again")
            continue
        with writing(case_file.records).begin() as connection:
            recorder.begin()
            new = recorder.settle_listed(connection, page.texts, now=clock.now())
        recorder.note_heads()
        reader.take(page, new, now=clock.now(), timings=timings)
        strangers += new
        passes += reader.older_than is None
    return strangers
