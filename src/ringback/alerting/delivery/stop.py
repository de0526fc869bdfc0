"""Stopping a batch: an order that every sender obeys, whatever machine it runs on."""

from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model import states
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import read_batch, set_state
from ringback.records.db import writing
from ringback.records.sending import count_states


def stop_batch(case_file: CaseFile, batch_id: str, *, member: str, why: str) -> dict[str, int]:
    """Stop a batch, from any process. No request starts later than one second after this returns.

    The stop uses up the approval: to go on, the batch needs a new one.

    Returns:
        State to count of alerts, at the stop. Claimed alerts are in flight and cannot be called back.

    Raises:
        RingbackError: `batch_unknown`, or `batch_not_running` when it is not approved. A refusal is logged.
    """
    with (
        logging_refusals(case_file, "stop", member=member, batch=batch_id),
        writing(case_file.records).begin() as connection,
    ):
        batch = read_batch(connection, batch_id)
        if batch.state != states.APPROVED:
            raise RingbackError("batch_not_running", batch=batch_id, state=batch.state)
        set_state(connection, batch_id, states.STOPPED, why=why, now=case_file.clock.now())
        counts = count_states(connection, batch_id)
        facts = {"batch": batch_id, **counts}
        entry = case_file.log.add_within(connection, "batch_stopped", why=why, facts=facts, who=member)
    case_file.log.note_head(entry)
    return counts
