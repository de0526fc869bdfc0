"""What staff do with a report: list, look at it, set its status, give it losses, decide on a match. Logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.audit import AuditEntry
from ringback.records.db import writing
from ringback.records.report_decisions import (
    MATCH,
    MATCHED,
    REJECTED,
    STATUS,
    Decision,
    add_decision,
    list_decisions,
    standing_matches,
)
from ringback.records.report_losses import Losses, LossRow, Money, list_losses, losses_by_report, set_loss
from ringback.records.reports import LOOKED_AT, RECEIVED, STATUSES, TIED, Report, get_report, list_reports, set_status
from ringback.records.staff import Transaction
from ringback.victim_reports.content import ReportContent
from ringback.victim_reports.intake import TAKEN
from ringback.victim_reports.reasons import check_why
from ringback.victim_reports.sealing import open_content

SHOWN, STATUS_SET, LOSS_SET = "report_shown", "report_status_set", "report_loss_set"
MATCH_DECIDED = "report_match_decided"


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report as the list shows it: nothing of what it says.

    Attributes:
        tied: "text" if it began with a text of ours, "match" if a person confirmed a call or number, else "".
        losses: The three sums.
    """

    id: str
    received_at: datetime
    way: str
    status: str
    kind: str
    tied: str
    losses: Losses
    duplicate_group: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report with what it says, its losses and the decisions about it.

    Attributes:
        report: Its row.
        content: What it says.
        losses: Every sum, with those that were replaced.
        decisions: All decisions about it.
        files: How many files came with it and could be kept.
        refused: Why other files could not, one reason a file.
    """

    report: Report
    content: ReportContent
    losses: Sequence[LossRow]
    decisions: Sequence[Decision]
    files: int = 0
    refused: tuple[str, ...] = ()

    @property
    def is_reference_unknown(self) -> bool:
        """Whether it names a text with reference and digits that is none of ours."""
        return bool(self.content.reference) and self.report.check_digest is None


def list_all(case_file: CaseFile, *, status: str | None = None) -> list[ListedReport]:
    """All reports, or those with one status, in order of arrival.

    Raises:
        RingbackError: `report_status_unknown`.
    """
    if status is not None:
        _check_status(status)
    with case_file.records.connect() as connection:
        found = list_reports(connection, status=status)
        losses = losses_by_report(connection)
        matches = standing_matches(list_decisions(connection, what=MATCH))
    matched = {report for report, one in matches.items() if one.decision == MATCHED}
    return [
        ListedReport(
            id=one.id,
            received_at=one.received_at,
            way=one.way,
            status=one.status,
            kind=one.kind,
            tied="text" if one.check_digest else "match" if one.id in matched else "",
            losses=losses.get(one.id, Losses()),
            duplicate_group=one.duplicate_group,
            erased=one.erased_at is not None,
        )
        for one in found
    ]


def show_report(case_file: CaseFile, report: str, *, member: str, why: str) -> OpenReport:
    """Open a report. The look is logged before anything is shown.

    Raises:
        RingbackError: `report_missing`, `report_erased`, `why_missing`, `sealed_unreadable` or `key_missing`.
    """
    check_why(why)
    with case_file.records.connect() as connection:
        found = get_report(connection, report)
        losses, decisions = list_losses(connection, found.id), list_decisions(connection, report=found.id)
    content = open_content(found.sealed, found.key_sealed, case_file.keys(), report=found.id)
    case_file.log.add(SHOWN, why=why, facts={"report": found.id}, who=member)
    told = case_file.log.find_last(TAKEN, report=found.id) or {}
    refused = told.get("files_refused")
    return OpenReport(
        found, content, losses, decisions, files=int(str(told.get("files_kept") or 0)),
        refused=tuple(map(str, refused)) if isinstance(refused, list) else (),
    )  # fmt: skip


def change_status(case_file: CaseFile, report: str, status: str, *, member: str, why: str) -> Report:
    """Set the status of a report. Returns it as it was.

    Raises:
        RingbackError: `report_missing`, `report_status_unknown` or `why_missing`.
    """
    check_why(why)
    _check_status(status)
    now = case_file.clock.now()
    with writing(case_file.records).begin() as connection:
        found = get_report(connection, report)
        entry = _set_status(connection, case_file, found, status, member=member, now=now, why=why)
    case_file.log.note_head(entry)
    return found


def _set_status(
    connection: Transaction, case_file: CaseFile, found: Report, status: str, *, member: str, now: datetime, why: str
) -> AuditEntry:
    set_status(connection, found.id, status)
    add_decision(connection, Decision(found.id, STATUS, "", "", status, member, now, mask_numbers(why)))
    facts = {"report": found.id, "before": found.status, "status": status}
    return case_file.log.add_within(connection, STATUS_SET, why=why, facts=facts, who=member)


def give_losses(case_file: CaseFile, report: str, sums: Sequence[Money], *, member: str, why: str) -> Losses:
    """Give a report what was confirmed or estimated. Returns its three sums.

    Args:
        case_file: The case.
        report: The report.
        sums: Each on its own basis, confirmed or estimated; it replaces the one before on that basis.
        member: Who says so.
        why: Why they say so: it is kept with the sum.

    Raises:
        RingbackError: `report_missing` or `why_missing`.
    """
    check_why(why)
    now = case_file.clock.now()
    with writing(case_file.records).begin() as connection:
        found = get_report(connection, report)
        for money in sums:
            set_loss(connection, found.id, money=money, who=member, why=mask_numbers(why), now=now)
        facts: Mapping[str, object] = {"report": found.id} | {f"{one.basis}_pence": one.pence for one in sums}
        entry = case_file.log.add_within(connection, LOSS_SET, why=why, facts=facts, who=member)
        losses = losses_by_report(connection).get(found.id, Losses())
    case_file.log.note_head(entry)
    return losses


def decide_match(
    case_file: CaseFile, report: str, *, about: str, run: str, confirmed: bool, member: str, why: str
) -> Decision:
    """Note that a person confirmed or rejected what a report was matched with, and set the report's status by it.

    A confirmed report is `tied`, unless it has helped or is closed already. One that was tied, and whose match is
    rejected, is `looked_at` again: nobody is told that their report was tied when it is not.

    Args:
        case_file: The case.
        report: The report.
        about: The number's keyed digest, or the call's id.
        run: The run in which it was looked at.
        confirmed: Whether it is right; else it is rejected.
        member: Who decides.
        why: Why.

    Raises:
        RingbackError: `report_missing`, `report_erased` or `why_missing`.
    """
    check_why(why)
    now = case_file.clock.now()
    with writing(case_file.records).begin() as connection:
        found = get_report(connection, report)
        if found.erased_at is not None:
            raise RingbackError("report_erased", report=found.id)
        word = MATCHED if confirmed else REJECTED
        decision = Decision(found.id, MATCH, about, run, word, member, now, mask_numbers(why))
        number = add_decision(connection, decision)
        facts = {"report": found.id, "decision": number, "about": about, "run": run, "decided": word}
        entry = case_file.log.add_within(connection, MATCH_DECIDED, why=why, facts=facts, who=member)
        stands = standing_matches(list_decisions(connection, what=MATCH, report=found.id))[found.id].decision
        status = _status_after(found.status, is_tied=stands == MATCHED)
        if status != found.status:
            entry = _set_status(connection, case_file, found, status, member=member, now=now, why=why)
    case_file.log.note_head(entry)
    return decision


def _status_after(status: str, *, is_tied: bool) -> str:
    if is_tied:
        return TIED if status in (RECEIVED, LOOKED_AT) else status
    return LOOKED_AT if status == TIED else status


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise RingbackError("report_status_unknown", status=status[:20], known=", ".join(STATUSES))
