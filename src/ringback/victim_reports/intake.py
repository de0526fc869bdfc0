"""Taking a report: sealed, with its digests and losses, and logged in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.dial_plan import DialPlan
from ringback.records.db import writing
from ringback.records.reports import NewReport, add_reports, next_place, report_id
from ringback.records.staff import Transaction
from ringback.victim_reports import status_codes
from ringback.victim_reports.answers import says_nothing
from ringback.victim_reports.content import ReportContent, find_faults
from ringback.victim_reports.digests import centre_digests, contact_digest, content_digests, find_our_text
from ringback.victim_reports.faults import FAULT_WORDS
from ringback.victim_reports.sealing import seal_content

TAKEN = "report_taken"
PUBLIC, TELEPHONE, IMPORT = "public", "telephone", "import"


@dataclass(frozen=True, slots=True)
class TakenReport:
    """A report that was taken: its id, and the status code for its reporter, in its printed form. It is told once."""

    id: str
    status_code: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A report to be stored.

    Attributes:
        content: What it says.
        received_at: When it came in.
        source: The import, its table and its row; None for other ways.
    """

    content: ReportContent
    received_at: datetime
    source: tuple[str, str, int] | None = None


def take_report(
    case_file: CaseFile, content: ReportContent, *, way: str, who: str, why: str, received_at: datetime | None = None
) -> TakenReport:
    """Store one report, and draw a status code for its reporter.

    Args:
        case_file: The case.
        content: What it says.
        way: public or telephone.
        who: The member of staff who takes it; '' for the public form.
        why: Why, for the audit log.
        received_at: When it came in; None for now.

    Raises:
        RingbackError: `report_faulty`, or `key_missing`.
    """
    ring = case_file.keys()
    code = status_codes.new_status_code()
    incoming = Incoming(content, received_at or case_file.clock.now())
    with writing(case_file.records).begin() as connection:
        if faults := find_report_faults(connection, ring, content):
            raise RingbackError("report_faulty", faults=show_faults(faults))
        (new,) = seal_reports(
            connection, ring, case_file.dial_plan(), [incoming], way=way, who=who,
            status_digest=status_codes.status_digest(ring, code),
        )  # fmt: skip
        add_reports(connection, [new])
        facts = {"report": new.id, "way": way, "kind": new.kind, "losses": len(new.losses),
                 "began_with_our_text": new.check_digest is not None}  # fmt: skip
        entry = case_file.log.add_within(connection, TAKEN, why=why, facts=facts, who=who or "public")
    case_file.log.note_head(entry)
    return TakenReport(new.id, status_codes.show(code))


def find_report_faults(connection: Transaction, ring: KeyRing, content: ReportContent) -> list[tuple[str, str]]:
    """All that is wrong with a report, as field and code; the reference is looked up among our texts."""
    faults = find_faults(content)
    if content.reference and content.last_four:
        found = find_our_text(connection, ring, reference=content.reference, last_four=content.last_four)
        faults += [] if found else [("reference", "unknown_reference")]
    return faults or ([("story", "empty")] if says_nothing(content) else [])


def show_faults(faults: Sequence[tuple[str, str]]) -> str:
    """Faults in words, each with its field."""
    return "; ".join(f"{field}: {FAULT_WORDS[code]}" for field, code in faults)


def seal_reports(
    connection: Transaction,
    ring: KeyRing,
    plan: DialPlan,
    incoming: Sequence[Incoming],
    *,
    way: str,
    who: str,
    status_digest: str | None = None,
) -> list[NewReport]:
    """Give reports their ids, digests and seals. To be called in the transaction that adds them."""
    first = next_place(connection)
    made = []
    for place, one in enumerate(incoming, first):
        content, id_ = one.content, report_id(place)
        sealed = seal_content(content, ring, report=id_)
        number = ring.newest.digest(content.called_number) if content.called_number else None
        check = None
        if content.reference:
            ours = find_our_text(connection, ring, reference=content.reference, last_four=content.last_four)
            # Under the key that the alert has, so that both are found together after the keys were rotated.
            number, check = (ours.number_digest, ours.check_digest) if ours else (number, None)
        source, table, row = one.source or (None, None, None)
        made.append(
            NewReport(
                id=id_,
                place=place,
                way=way,
                received_at=one.received_at,
                taken_by=who,
                kind=content.kind.value,
                sealed=sealed.sealed,
                key_sealed=sealed.key_sealed,
                wants_to_be_told=content.reporter.wants_to_be_told,
                number_digest=number,
                check_digest=check,
                contact_digest=contact_digest(ring, content.reporter, plan),
                content_digest=content_digests(ring, content)[0] if one.source else None,
                centre_digest=next(iter(centre_digests(ring, content.centre_reference)), None),
                status_digest=status_digest,
                source=source,
                source_table=table,
                source_row=row,
                losses=tuple((loss.pence, loss.returned_pence) for loss in content.losses),
            )
        )
    return made
