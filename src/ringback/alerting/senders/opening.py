"""Which sender a batch uses. A synthetic case gets none that reaches people, whatever its settings say."""

from collections.abc import Mapping
from typing import Any

from ringback.alerting.approval import get_planned_content
from ringback.alerting.batches import BatchContent
from ringback.alerting.refusals import logging_refusals
from ringback.alerting.senders.base import Sender
from ringback.alerting.senders.notify import BASE_URL, Notify
from ringback.alerting.senders.notify_keys import freeze_key, read_api_key
from ringback.alerting.senders.outbox import Outbox
from ringback.casework import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import get_batch

SENDERS = ("outbox", "notify")


def open_sender(case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> Sender:
    """The sender that a batch's frozen facts name, with the very key that they name.

    Args:
        case_file: The case.
        facts: `BatchContent.sender`.
        batch: The batch, after which the outbox is named.

    Raises:
        RingbackError: `synthetic_never_sent`, `sender_unknown`, `notify_setting_bad`, `secret_missing`,
            `secret_open` or `api_key_differs`.
    """
    sender = _make_sender(case_file, facts, batch=batch)
    sender.check_frozen(facts, case_file.keys(), batch=batch or "(new)")
    return sender


def _make_sender(case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> Sender:
    name = facts.get("name")
    if name == "outbox":
        return Outbox(case_file.case.out_dir / f"outbox-{batch}.jsonl", clock=case_file.clock)
    if name not in SENDERS:
        raise RingbackError("sender_unknown", sender=name, known=", ".join(SENDERS))
    if case_file.is_synthetic:
        raise RingbackError("synthetic_never_sent", sender=name)
    return Notify(_read_key(case_file, facts), facts=facts, clock=case_file.clock)


def _read_key(case_file: CaseFile, facts: Mapping[str, Any]) -> str:
    return read_api_key(case_file.settings.keys_dir, case_file.case.settings.id, facts.get("key_type"))


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
    """What a batch freezes about its sender; for notify its key, and the template as it is there now.

    Raises:
        RingbackError: As `open_sender`, and `notify_unreachable`.
    """
    settings = case_file.case.settings
    shown_as = settings.alerts.get("sender_name", "")
    if name == "outbox":
        return {"name": "outbox", "shown_as": shown_as}
    asked = {key: settings.notify.get(key) for key in ("base_url", "template_id", "sms_sender_id", "key_type")}
    facts = {"name": name, "shown_as": shown_as, **asked, "base_url": asked["base_url"] or BASE_URL}
    sender = _make_sender(case_file, facts, batch="")
    assert isinstance(sender, Notify)
    return facts | freeze_key(_read_key(case_file, facts), case_file.keys()) | sender.read_template()


def with_key_type(case_file: CaseFile, facts: Mapping[str, Any], key_type: str | None, *, batch: str) -> dict[str, Any]:
    """The same sender with the key of another type: what it sends is the same, whom it reaches is not.

    Args:
        case_file: The case.
        facts: `BatchContent.sender`.
        key_type: The type; None for the batch's own key.
        batch: The batch, for the error.

    Raises:
        RingbackError: `rehearsal_impossible` where the sender has no such keys, and as `open_sender`.
    """
    if key_type is None or key_type == facts.get("key_type"):
        return dict(facts)
    if "key_type" not in facts:
        problem = f"the sender {facts.get('name')} has no keys of several types"
        raise RingbackError("rehearsal_impossible", batch=batch, problem=problem)
    changed = dict(facts) | {"key_type": key_type}
    return changed | freeze_key(_read_key(case_file, changed), case_file.keys())
