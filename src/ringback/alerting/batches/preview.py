"""What an approver reads before approving: the exact text, who gets it, when, how fast, and what it costs."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ringback.alerting.batches.approval import ALERTS, TYPED_LENGTH, find_confirmation, find_rehearsals, read_content
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent, Window
from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.model.router import CHANNELS, REASONS
from ringback.alerting.model.windows import expected_end, in_words, is_quieter, next_open
from ringback.alerting.senders.registry import must_be_read_on_phones, reaches_people
from ringback.alerting.wording.sms_segments import cost, count_segments, find_outside_gsm
from ringback.alerting.wording.templates import Wording, render
from ringback.case.case_file import CaseFile
from ringback.records.batches import Batch, count_alerts, get_batch, list_rehearsals, read_list
from ringback.records.staff import Transaction
from ringback.records.suppressions import suppressed_digests


def preview_batch(case_file: CaseFile, batch_id: str, *, member: str) -> dict[str, Any]:
    """Everything that an approver must know about a batch, without any phone number. The preview is logged.

    Raises:
        RingbackError: `batch_unknown` or `batch_altered`.
    """
    batch = get_batch(case_file.records, batch_id)
    with case_file.records.connect() as connection:
        content = read_content(connection, batch)
        counts = count_alerts(connection, batch_id)
        rehearsals = [{"batch": one.id, "state": one.state} for one in list_rehearsals(connection, batch_id)]
        suppressed = suppressed_digests(connection)
        reader = _find_reader(case_file, connection, batch, content)
        numbers = {number for _place, number, _check, _reference in read_list(connection, batch_id)}
    case_file.log.add("batch_previewed", why="preview", facts={"batch": batch_id, "hash": batch.hash}, who=member)
    now = case_file.clock.now()
    warnings = _warnings(case_file, batch, content, now)
    if reader is None and batch.state != states.FINISHED and must_be_read_on_phones(content.sender):
        warnings.append("nobody has confirmed yet what a phone shows of its rehearsal: ringback alerts rehearsed")
    late = len(numbers & suppressed.keys())
    if late and batch.state != states.FINISHED:
        warnings.append(f"{late:,} of its numbers were suppressed after planning: they will not be texted")
    return (
        _identity(batch, content)
        | _text_facts(content)
        | _time_facts(content, now)
        | {"alerts": counts, "rehearsals": rehearsals, "read_on_phone_by": reader, "warnings": warnings}
    )


def _find_reader(
    case_file: CaseFile, connection: Transaction, batch: Batch, content: BatchContent
) -> str | None:  # fmt: skip
    """Who confirmed what a phone shows in a rehearsal; None if nobody did, or if nobody has to."""
    if batch.kind != ALERTS or not must_be_read_on_phones(content.sender):
        return None
    rehearsals = find_rehearsals(connection, batch.id, content)
    found = find_confirmation(case_file, batch, rehearsals, case_file.log.entries())
    return found.who if found else None


def _identity(batch: Batch, content: BatchContent) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "kind": batch.kind,
        "state": batch.state,
        "state_why": batch.state_why,
        "planned_by": batch.planned_by,
        "planned_at": batch.planned_at.isoformat(timespec="seconds"),
        "approved_by": batch.approved_by if batch.approval_entry is not None else None,
        "hash": batch.hash,
        "type_to_approve": batch.hash[:TYPED_LENGTH],
        "list_sha256": content.list_sha256,
        "run": content.run,
        "rule": content.rule,
        "candidates": content.notes.get("candidates"),
        "texts": content.texts,
        "channels": content.channels,
        "sender": content.sender,
    }


def _text_facts(content: BatchContent) -> dict[str, Any]:
    wording = Wording(**content.wording)
    text = render(wording, show(SAMPLE))
    segments = count_segments(text)
    price = Decimal(str(content.notes.get("price_per_part", "0")))
    return {
        "language": wording.language,
        "read_by": wording.approval.approver if wording.approval else None,
        "text": text,
        "characters": len(text),
        "parts": segments.count,
        "encoding": segments.encoding,
        "outside_gsm": find_outside_gsm(text),
        "price_per_part": str(price),
        "cost_gbp": f"{cost(segments, price, texts=content.texts):.2f}",
    }


def _time_facts(content: BatchContent, now: datetime) -> dict[str, Any]:
    end = expected_end(content, now)
    zone = content.time_zone
    quiet = f"{content.quiet_from}-{content.quiet_until}" if content.quiet_from else "none"
    return {
        "windows": [in_words(one, zone) for one in content.windows],
        "cut": [in_words(one, zone) for one in read_windows(content.notes.get("cut", []))],
        "quiet": quiet,
        "quiet_why": content.notes.get("quiet_why", ""),
        "pace": content.pace,
        "per_second": content.per_second,
        "daily_limit": content.daily_limit,
        "expected_end": f"{end.astimezone(ZoneInfo(zone)):%A %-d %B %Y, %H:%M %Z}" if end else None,
    }


def read_windows(pairs: list[list[str]]) -> list[Window]:
    """Windows from the form in the notes: pairs of ISO timestamps."""
    return [Window(*(datetime.fromisoformat(moment) for moment in pair)) for pair in pairs]


def _warnings(case_file: CaseFile, batch: Batch, content: BatchContent, now: datetime) -> list[str]:
    found = []
    if case_file.is_synthetic:
        found.append("the case is synthetic: its records are made up")
    if not reaches_people(content.sender):
        found.append(f"the sender is the {content.sender['name']}: nothing leaves this machine, and nobody is texted")
    if content.sender.get("key_type") in ("team", "test"):
        found.append(f"the provider's key is of the type {content.sender['key_type']}: the public is not texted")
    if not content.texts:
        found.append("it holds no texts")
    if batch.kind == ALERTS and not is_quieter(content.quiet_from, content.quiet_until):
        found.append(f"quiet hours are shorter than usual: {content.notes.get('quiet_why', '')}")
    if "again" in content.notes:
        found.append(f"numbers that hold an alert already are texted once more: {content.notes['again']}")
    if "fit" in content.notes:
        missing = ", ".join(name.replace("_", " ") for name in content.notes["gaps"])
        found.append(
            f"no exhibit says {missing}, so it is not fully known who is no victim; fit because: {content.notes['fit']}"
        )
    if "replaces" in content.notes:
        found.append(f"it takes the place of {content.notes['replaces']}")
    if batch.kind == ALERTS and case_file.case.find_current_run() != content.run:
        found.append("the case has been run again since: this batch stays as it was planned")
    if batch.state != states.FINISHED and content.texts:
        if next_open(content.windows, now) is None:
            found.append("all its windows are over")
        elif expected_end(content, now) is None and batch.state == states.PLANNED:
            found.append("what is left of its windows is too short for all texts")
    return found


def list_as_dicts(batches: list[Batch]) -> list[dict[str, Any]]:
    """Batches for a list: each row with the main facts of its content, or a note that it cannot be read."""
    rows = []
    for batch in batches:
        try:
            content: BatchContent | None = BatchContent.from_canonical(batch.content)
        except ValueError:
            content = None
        rows.append(
            {
                "batch": batch.id,
                "kind": batch.kind,
                "state": batch.state,
                "state_why": batch.state_why,
                "texts": content.texts if content else None,
                "sender": content.sender.get("name") if content else "altered",
                "planned_by": batch.planned_by,
                "planned_at": batch.planned_at.isoformat(timespec="seconds"),
                "approved_by": batch.approved_by if batch.approval_entry is not None else None,
                "hash": batch.hash,
            }
        )
    return rows


def channel_rows(channels: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    """(channel, reason in words, count of numbers), in the order of the channels."""
    return [
        (channel, REASONS.get(channel, {}).get(reason, reason.replace("_", " ")), count)
        for channel in CHANNELS
        for reason, count in channels.get(channel, {}).items()
    ]
