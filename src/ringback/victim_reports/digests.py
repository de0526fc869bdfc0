"""Keyed digests by which a report is found without being opened: of its number, its reporter, and all that it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ringback.alerting.model.references import check_digests
from ringback.alerting.verification.alert_check import OURS
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.dial_plan import DialPlan
from ringback.records.check_slots import AlertDigests, find_alert_digests, list_alerted_numbers
from ringback.records.staff import Transaction
from ringback.victim_reports.content import ReportContent, Reporter
from ringback.victim_reports.phone_numbers import read_typed_number

_CONTACT, _CONTENT, _CENTRE = "report-contact", "report-content", "report-centre"


def find_our_text(connection: Transaction, ring: KeyRing, *, reference: str, last_four: str) -> AlertDigests | None:
    """The digests of the text of ours with this reference; None if it is none of ours.

    Args:
        connection: The records.
        ring: The case's keys.
        reference: In canonical form.
        last_four: The last four digits of the number.
    """
    return find_alert_digests(connection, check_digests(ring, reference, last_four), when=OURS)


@dataclass(frozen=True, slots=True)
class OurText:
    """A text of ours that a report began with: its digests, as the alert has them, and the number it went to, E.164."""

    check_digest: str
    number_digest: str
    number: str


def open_our_texts(connection: Transaction, ring: KeyRing, contents: Mapping[str, ReportContent]) -> dict[str, OurText]:
    """The texts of ours that reports began with: report to text, for those that began with one.

    Args:
        connection: The records.
        ring: The case's keys.
        contents: Report to what it says.

    Raises:
        RingbackError: `sealed_unreadable`, or `batch_altered` if a number is not the one that was texted.
    """
    asked = {
        report: check_digests(ring, one.reference, one.last_four) for report, one in contents.items() if one.reference
    }
    found = list_alerted_numbers(connection, [digest for many in asked.values() for digest in many], when=OURS)
    texts = {}
    for report, digests in asked.items():
        for digest in digests:
            if digest in found:
                alerted = found[digest]
                number = ring.unseal(alerted.number_sealed, about=alerted.about)
                if alerted.number_digest not in ring.digests(number):
                    batch = alerted.about.split(":")[1]
                    raise RingbackError("batch_altered", batch=batch, what="a route's number is not the one planned")
                texts[report] = OurText(digest, alerted.number_digest, number)
    return texts


def contact_digest(ring: KeyRing, reporter: Reporter, plan: DialPlan) -> str | None:
    """A digest of how to reach the reporter: of the number, else of the e-mail address; None without either."""
    if reporter.number:
        found = read_typed_number(reporter.number, plan)
        return ring.newest.keyed(_CONTACT, found.e164 or "".join(reporter.number.split()))
    return ring.newest.keyed(_CONTACT, reporter.email.strip().casefold()) if reporter.email.strip() else None


def content_digests(ring: KeyRing, content: ReportContent) -> list[str]:
    """Digests of all that a report says, but for the number under which another centre has it; newest key first."""
    told = content.as_dict() | {"centre_reference": ""}
    return ring.keyed(_CONTENT, json.dumps(told, sort_keys=True, ensure_ascii=False))


def centre_digests(ring: KeyRing, reference: str) -> list[str]:
    """Digests of the number under which another centre has a report; newest key first, none without a number."""
    plain = "".join(reference.split()).casefold()
    return ring.keyed(_CENTRE, plain) if plain else []
