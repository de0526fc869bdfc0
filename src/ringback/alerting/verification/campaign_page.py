"""The campaign page: the public facts about the texts of a batch, so that people can tell ours from copies.

It shows the exact wording with a sample reference, who sends it, when, how many were sent, and where to check. It names
nobody, and contains no person's number, no reference but the sample, and no count by reason.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment

from ringback.alerting.batches.approval import ALERTS, read_content
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model import references, states
from ringback.alerting.model.batch_content import BatchContent
from ringback.alerting.model.windows import cut_quiet, in_words
from ringback.alerting.wording.templates import Wording, render
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.files.disk import unwritable
from ringback.files.private import write_plain
from ringback.records.batches import Batch, read_batch
from ringback.records.check_slots import count_alerts_in
from ringback.reporting.masking import assert_no_numbers
from ringback.reporting.page_templates import page_environment

PAGE, FACTS = "index.html", "campaign.json"
# The batch's texts may have gone out, or may still go out.
HAS_PAGE = (states.APPROVED, states.STOPPED, states.HALTED, states.FINISHED)
# The only number on the page as long as a person's number.
REPORT_FRAUD: Final = "0300 123 2040"
NEVER_ASKED: Final = (
    "for a password, a PIN or a one-time code",
    "for your bank or card details",
    "to move money, to keep it safe or for any other reason",
    "to put an app on your phone, or to let anybody see your screen",
    "to open a link in the text, or to ring a number in it: it has neither",
    "to decide anything in a hurry",
)


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """The facts on the page. All but `sent` and `phase` were frozen when the batch was planned, or are settings.

    Attributes:
        campaign: The batch's reference.
        synthetic: Whether the case is made up.
        force: Who sends the texts.
        website: The force's website, named in words.
        sender_name: What a phone shows as the sender.
        language: Language of the text.
        text: Its exact wording, with the sample reference.
        sample_reference: As printed.
        windows: When texts are sent, as [from, until] in UTC.
        windows_in_words: The same in local time.
        phase: not_begun, under_way, paused or over.
        sent: How many texts the provider has taken.
        counted_at: When they were counted, UTC.
        counted_at_in_words: The same in local time.
        check_place: Where references are checked, in words.
        takes_replies: Whether the sender can take replies.
        never_asked: What the force will never ask.
    """

    campaign: str
    synthetic: bool
    force: str
    website: str
    sender_name: str
    language: str
    text: str
    sample_reference: str
    windows: tuple[tuple[str, str], ...]
    windows_in_words: tuple[str, ...]
    phase: str
    sent: int
    counted_at: str
    counted_at_in_words: str
    check_place: str
    takes_replies: bool
    never_asked: tuple[str, ...] = NEVER_ASKED


def write_page(case_file: CaseFile, batch_id: str, folder: Path, *, member: str) -> CampaignFacts:
    """Write index.html and campaign.json into a folder, replacing earlier ones of the same campaign.

    A refusal is logged.

    Args:
        case_file: The case.
        batch_id: The batch, in state approved or later.
        folder: The folder; made if it does not exist.
        member: Who asked for it, for the audit log.

    Raises:
        RingbackError: `batch_unknown`, `batch_not_approved`, `batch_state_wrong` (a rehearsal), `batch_altered`,
            `page_setting_missing`, or `output_unwritable`.
    """
    with logging_refusals(case_file, "page", member=member, batch=batch_id):
        facts = read_facts(case_file, batch_id)
    page = render_page(facts)
    told = json.dumps(asdict(facts), ensure_ascii=False, indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((PAGE, page), (FACTS, told)):
            part = folder / f".{name}.part"
            write_plain(part, text)
            part.replace(folder / name)
    except OSError as error:
        raise unwritable(folder.absolute(), error) from error
    logged = {
        "batch": batch_id,
        "sent": facts.sent,
        "folder": str(folder),
        "sha256": hashlib.sha256(page.encode()).hexdigest(),
    }
    case_file.log.add("campaign_page_written", why="for the public", facts=logged, who=member)
    return facts


def read_facts(case_file: CaseFile, batch_id: str) -> CampaignFacts:
    """The facts of a batch's page now.

    Raises:
        RingbackError: As `write_page`, except for writing.
    """
    now = case_file.clock.now()
    with case_file.records.connect() as connection:
        batch = read_batch(connection, batch_id)
        _check_has_page(batch)
        content = read_content(connection, batch)
        sent = count_alerts_in(connection, batch_id, states.ACCEPTED)
    alerts = case_file.case.settings.alerts
    settings = _settings(content, alerts, toml=case_file.case.toml)
    # The approval of a translation does not change its words.
    wording = Wording(**(content.wording | {"approval": None}))
    sample = references.show(references.SAMPLE)
    windows, _cut = cut_quiet(
        content.windows, quiet_from=content.quiet_from, quiet_until=content.quiet_until, zone=content.time_zone
    )
    return CampaignFacts(
        campaign=batch_id,
        synthetic=case_file.is_synthetic,
        force=wording.force,
        website=wording.website,
        sender_name=settings["sender_name"],
        language=wording.language,
        text=render(wording, sample),
        sample_reference=sample,
        windows=tuple((one.first_at.isoformat(), one.until_at.isoformat()) for one in windows),
        windows_in_words=tuple(in_words(one, content.time_zone) for one in windows),
        phase=_phase(batch, content, now),
        sent=sent,
        counted_at=now.isoformat(timespec="seconds"),
        counted_at_in_words=_local_words(now, content.time_zone),
        check_place=settings["check_place"],
        takes_replies=wording.takes_replies,
    )


def render_page(facts: CampaignFacts) -> str:
    """The page: one HTML file without scripts or network requests.

    Raises:
        ValueError: The page would show something like a person's phone number.
    """
    page = _environment().get_template("campaign.html.j2").render(asdict(facts) | {"report_fraud": REPORT_FRAUD})
    assert_no_numbers(page, allowed=(REPORT_FRAUD,))
    return page


def _check_has_page(batch: Batch) -> None:
    if batch.kind != ALERTS:
        raise RingbackError(
            "batch_state_wrong", batch=batch.id, kind=batch.kind, state=batch.state, what="shown to the public"
        )
    # A replaced batch is finished, but may never have been approved.
    if batch.state not in HAS_PAGE or not batch.approved_by:
        raise RingbackError("batch_not_approved", batch=batch.id, state=batch.state)


def _settings(content: BatchContent, alerts: Mapping[str, Any], *, toml: Path) -> dict[str, str]:
    found = {
        "sender_name": str(content.sender.get("shown_as") or alerts.get("sender_name") or ""),
        "check_place": str(alerts.get("check_place") or ""),
    }
    if missing := sorted(name for name, value in found.items() if not value.strip()):
        raise RingbackError("page_setting_missing", path=toml, names=", ".join(missing))
    return found


def _phase(batch: Batch, content: BatchContent, now: datetime) -> str:
    if batch.state == states.FINISHED or all(one.until_at <= now for one in content.windows):
        return "over"
    if batch.state in (states.STOPPED, states.HALTED):
        return "paused"
    return "under_way" if batch.started_at else "not_begun"


def _local_words(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B %Y}"


@cache
def _environment() -> Environment:
    return page_environment("ringback.alerting.verification")
