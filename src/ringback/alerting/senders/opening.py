"""Which sender a batch uses. A synthetic case gets none that reaches people, whatever its settings say."""

from collections.abc import Mapping
from typing import Any

from ringback.alerting.approval import get_planned_content
from ringback.alerting.batches import BatchContent
from ringback.alerting.refusals import logging_refusals
from ringback.alerting.senders.base import Sender
from ringback.alerting.senders.notify import BASE_URL, Notify
from ringback.alerting.senders.outbox import Outbox
from ringback.casework import CaseFile
from ringback.errors import RingbackError
from ringback.keys import read_secret
from ringback.records.batches import get_batch

SENDERS = ("outbox", "notify")


def open_sender(case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> Sender:
    """The sender that a batch's frozen facts name.

    Args:
        case_file: The case.
        facts: `BatchContent.sender`.
        batch: The batch, after which the outbox is named.

    Raises:
        RingbackError: `synthetic_never_sent`, `sender_unknown`, `notify_setting_bad`, `secret_missing`.
    """
    name = facts.get("name")
    if name == "outbox":
        return Outbox(case_file.case.out_dir / f"outbox-{batch}.jsonl")
    if name not in SENDERS:
        raise RingbackError("sender_unknown", sender=name, known=", ".join(SENDERS))
    if case_file.is_synthetic:
        raise RingbackError("synthetic_never_sent", sender=name)
    api_key = read_secret(case_file.settings.keys_dir, case_file.case.settings.id, "notify")
    return Notify(api_key, facts=facts, clock=case_file.clock)


def open_batch_sender(case_file: CaseFile, batch_id: str, *, member: str, what: str) -> tuple[BatchContent, Sender]:
    """The content and the sender of a batch, when they are what was planned. A refusal is logged.

    Whoever could put another address into a batch would be asked, instead of the provider, what became of its texts.

    Args:
        case_file: The case.
        batch_id: The batch.
        member: Who asks.
        what: What for, for the log.

    Raises:
        RingbackError: `batch_unknown`, `batch_altered`, `audit_broken`, and as `open_sender`.
    """
    with logging_refusals(case_file, what, member=member, batch=batch_id):
        content = get_planned_content(case_file, get_batch(case_file.records, batch_id))
        return content, open_sender(case_file, content.sender, batch=batch_id)


def sender_facts(case_file: CaseFile, name: str) -> dict[str, Any]:
    """What a batch freezes about its sender; for notify the template as it is there now.

    Raises:
        RingbackError: As `open_sender`, and `notify_unreachable`.
    """
    settings = case_file.case.settings
    shown_as = settings.alerts.get("sender_name", "")
    if name == "outbox":
        return {"name": "outbox", "shown_as": shown_as}
    asked = {key: settings.notify.get(key) for key in ("base_url", "template_id", "sms_sender_id", "key_type")}
    facts = {"name": name, "shown_as": shown_as, **asked, "base_url": asked["base_url"] or BASE_URL}
    sender = open_sender(case_file, facts, batch="")
    assert isinstance(sender, Notify)
    return facts | sender.read_template()
