"""Keyed digests by which a report is found without being opened: of its number, its reporter, and all that it says."""

import json

from ringback.alerting.model.references import check_digests
from ringback.alerting.verification.alert_check import OURS
from ringback.keys import KeyRing
from ringback.numbers.dial_plan import DialPlan
from ringback.records.check_slots import AlertedNumber, find_alerted_number
from ringback.records.staff import Transaction
from ringback.victim_reports.content import ReportContent, Reporter
from ringback.victim_reports.phone_numbers import read_typed_number

_CONTACT, _CONTENT, _CENTRE = "report-contact", "report-content", "report-centre"


def find_our_text(connection: Transaction, ring: KeyRing, *, reference: str, last_four: str) -> AlertedNumber | None:
    """The number that a text of ours with this reference went to; None if it is none of ours.

    Args:
        connection: The records.
        ring: The case's keys.
        reference: In canonical form.
        last_four: The last four digits of the number.
    """
    return find_alerted_number(connection, check_digests(ring, reference, last_four), when=OURS)


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
