"""Which sender a batch uses. A synthetic case never gets one that reaches people, whatever its settings say."""

from collections.abc import Mapping
from typing import Any

from ringback.alerting.batches.approval import get_planned_content
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.senders.base import Sender
from ringback.alerting.senders.registry import find_sender
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import get_batch


def open_sender(case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> Sender:
    """The sender named in a batch's frozen facts, with the key named there.

    Args:
        case_file: The case.
        facts: `BatchContent.sender`.
        batch: The batch; '' for one that is being planned.

    Raises:
        RingbackError: `sender_unknown`, `synthetic_never_sent`, `sender_differs`, and the sender's own errors.
    """
    sender = _allowed(case_file, facts).make(case_file, facts, batch=batch)
    sender.check_frozen(facts, case_file.keys(), batch=batch or "(new)")
    return sender


def open_batch_sender(case_file: CaseFile, batch_id: str, *, member: str, what: str) -> tuple[BatchContent, Sender]:
    """The content and the sender of a batch, after a check that they are what was planned. A refusal is logged.

    Without the check, a changed address in the batch would send our questions about its texts to somebody else than the
    provider.

    Args:
        case_file: The case.
        batch_id: The batch.
        member: Who asks.
        what: The purpose, for the log.

    Raises:
        RingbackError: `batch_unknown`, `batch_altered`, `audit_broken`, and as `open_sender`.
    """
    with logging_refusals(case_file, what, member=member, batch=batch_id):
        content = get_planned_content(case_file, get_batch(case_file.records, batch_id))
        return content, open_sender(case_file, content.sender, batch=batch_id)


def sender_facts(case_file: CaseFile, name: str) -> dict[str, Any]:
    """The facts that a batch freezes about its sender, read now from case.toml, the key files and the provider.

    Raises:
        RingbackError: `sender_unknown`, `synthetic_never_sent`, and the sender's own errors.
    """
    facts = {"name": name, "shown_as": case_file.case.settings.alerts.get("sender_name", "")}
    return facts | _allowed(case_file, facts).freeze(case_file)


def with_key_type(case_file: CaseFile, facts: Mapping[str, Any], key_type: str | None, *, batch: str) -> dict[str, Any]:
    """The same sender with a key of another type. It sends the same texts, but may reach other people.

    Args:
        case_file: The case.
        facts: `BatchContent.sender`.
        key_type: The type; None for the batch's own key.
        batch: The batch, for the error.

    Raises:
        RingbackError: `rehearsal_impossible` where the sender has no such keys, and as `sender_facts`.
    """
    if key_type is None or key_type == facts.get("key_type"):
        return dict(facts)
    if "key_type" not in facts:
        problem = f"the sender {facts.get('name')} has no keys of several types"
        raise RingbackError("rehearsal_impossible", batch=batch, problem=problem)
    return dict(facts) | _allowed(case_file, facts).freeze_key(case_file, key_type)


def _allowed(case_file: CaseFile, facts: Mapping[str, Any]) -> type[Sender]:
    """The sender's class, if the case may use it."""
    found = find_sender(facts.get("name"))
    if case_file.is_synthetic and found.reaches_people:
        raise RingbackError("synthetic_never_sent", sender=found.name)
    return found
