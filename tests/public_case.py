"""A bundle made by hand, for the public app: no case is needed to serve it."""

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage.x25519 import Identity

from alerting.campaign_facts import make_facts
from ringback.alerting.model import references
from ringback.keys import CaseKey, KeyRing
from ringback.publishing import genuine_alerts, report_statuses
from ringback.publishing.bundle_files import (
    CHECK_KEYS,
    KNOWN,
    ORGANISATIONS,
    SITE,
    STATUS_KEYS,
    TIME_LINE,
    content_hash,
    release_name,
    write_release,
)
from ringback.publishing.genuine_alerts import SYNTHETIC_COST, Record, pack_alerts, slow_digest
from ringback.publishing.known_figures import choose_figures, count_organisations, count_over_time, picture_files
from ringback.publishing.notices import notice_files
from ringback.publishing.organisation_numbers import list_organisations
from ringback.publishing.report_statuses import StatusRecord, pack_statuses
from ringback.publishing.sign_files import sign_files, tell_sign_files
from ringback.victim_reports import status_codes

KEY = CaseKey("k1", b"a key for tests only, nobody's")
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
# Always the same ones.
GENUINE = references.new_reference(lambda count: bytes(range(1, count + 1)))
NOT_YET = references.new_reference(lambda count: bytes(range(2, count + 2)))
LAST_FOUR = "0123"
CONTACTS = {
    "security": "security@police.example",
    "privacy": "https://www.police.example/your-data",
    "accessibility": "web@police.example",
}
# Opens the reports that are sent to such a bundle.
REPORT_IDENTITY = Identity.generate()
FACTS = make_facts(synthetic=True)
# As figures.json has them: what the page shows is rounded down.
VALUES = {
    "calls_total": 10_012_345,
    "uk_calls": 3_504_321,
    "uk_calls_over_minute": 350_129,
    "uk_people_over_minute": 200_057,
    "numbers_to_alert": 70_003,
    "peak_uk_people_per_minute": 20,
    "accounts_total": 9,
}
ENTRIES = [
    {"date": "2020-12-01", "text": "The made-up website opens.", "source": ""},
    {"date": "2022-11-08", "text": "The made-up website is taken down.", "source": "Example Police, 24 November 2022"},
]
BANK = {"organisation": "Example Bank & 'Sons\"", "sector": "bank", "source": "examplebank.example"}
NUMBERS = [
    BANK | {"line": "fraud", "number": "0121 496 0123", "read_on": "2022-11-24"},
    BANK | {"line": "lost card, from abroad", "number": "+44 20 7946 0123", "read_on": "2022-11-24"},
    {"organisation": "Example Energy", "sector": "energy", "line": "all customers", "number": "01632 960123",
     "source": "exampleenergy.example", "read_on": "2022-11-20"},
]  # fmt: skip


def known_facts(values=VALUES):
    """What known.json holds for these values, and for made-up calls a month and an organisation."""
    figures = [
        {"key": key, "value": value, "definition": f"Definition of {key}", "period": "2020-12-01 to 2022-11-24",
         "rule": "over-a-minute@1" if key == "numbers_to_alert" else ""}
        for key, value in values.items()
    ]  # fmt: skip
    days = {date(2020, 12, 1): 7, **{date(2021, month, 5): 31_000 * month + month for month in range(1, 13)}}
    days |= {date(2022, 2, 1): 250_007, date(2022, 3, 1): 3, date(2022, 4, 1): 99_999}
    names = ["Example Bank", "Example Energy", "The Example and Another Example Building Society of Nowhere", "Few"]
    organisations = [{"organisation": name, "calls": 90_123 // 10**place} for place, name in enumerate(names)]
    organisations[-1]["calls"] = 9
    return {
        "run": "0123456789ab", "run_at": "2022-11-23T22:10:00+00:00", "outdated": False, "step": 10,
        "figures": choose_figures(figures, most=values["calls_total"] // 10 * 10),
        "calls_over_time": count_over_time(days, first=date(2020, 12, 1), last=date(2022, 11, 24)),
        "organisations": count_organisations(organisations),
    }  # fmt: skip


def shown_files():
    """What people can read beside the texts."""
    known = known_facts()
    told = {KNOWN: known, TIME_LINE: ENTRIES, ORGANISATIONS: list_organisations(NUMBERS)}
    return {name: json.dumps(content).encode() for name, content in told.items()} | picture_files(known)


def make_bundle(
    folder: Path,
    *,
    publication="P-001",
    more=0,
    cost=SYNTHETIC_COST,
    contacts=None,
    shown=None,
    judged_by=None,
    reports=True,
    statuses=(),
    **changes,
) -> Path:
    """Publish a bundle with two texts of ours.

    Args:
        folder: The bundle.
        publication: Its name.
        more: How many texts more, which nobody has.
        cost: How slow their digests are.
        contacts: Whom people write to; those of `CONTACTS` if there are none given.
        shown: The files that people read beside the texts; those of `shown_files` if there are none given.
        judged_by: The files of the check for scams; {} for a release of the time before there were any.
        reports: Whether reports are taken.
        statuses: Pairs of a status code and the status of its report.
        changes: Fields of the campaign.
    """
    facts = {**asdict(FACTS), **changes}
    site = {
        "synthetic": facts["synthetic"], "force": facts["force"], "website": facts["website"], "campaigns": [facts],
        "made_at": facts["counted_at"], "contacts": dict(CONTACTS if contacts is None else contacts),
        "report_recipient": str(REPORT_IDENTITY.to_public()) if reports else "",
    }  # fmt: skip
    rows = [
        Record(KEY.name, slow_digest(_fast(GENUINE), cost), "B-001", date(2022, 11, 24)),
        Record(KEY.name, slow_digest(_fast(NOT_YET), cost), "B-001", None),
    ]
    rows += [Record(KEY.name, os.urandom(16), "B-001", date(2022, 11, 24)) for _one in range(more)]
    files = {
        SITE: json.dumps(site).encode(),
        genuine_alerts.FILE_NAME: pack_alerts(rows, campaigns=["B-001"], cost=cost),
        report_statuses.FILE_NAME: pack_statuses(
            [
                StatusRecord(slow_digest(_status_digest(code), cost), status, date(2022, 11, 25))
                for code, status in statuses
            ],
            keys=[KEY.name],
            cost=cost,
        ),
        **notice_files(facts["force"], facts["website"], synthetic=True),
        **(shown_files() if shown is None else shown),
        **(sign_files() if judged_by is None else judged_by),
    }
    hash_ = content_hash(files)
    keys = {CHECK_KEYS: json.dumps({KEY.name: KEY.derive("check").hex()}).encode()}
    keys[STATUS_KEYS] = json.dumps({KEY.name: KEY.derive(report_statuses.PURPOSE).hex()}).encode()
    told = {"synthetic": True, **({"scam_check": tell_sign_files(files)} if judged_by != {} else {})}
    write_release(folder, release_name(publication, hash_), files | keys, told, signer=SIGNER)
    return folder


def _status_digest(code):
    return bytes.fromhex(status_codes.status_digest(KeyRing((KEY,)), code).partition(":")[2])


def _fast(reference):
    return bytes.fromhex(references.check_digest(KEY, reference, LAST_FOUR).partition(":")[2])
