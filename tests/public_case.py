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
from ringback.publishing.bundle_files import CHECK_KEYS, SITE, STATUS_KEYS, content_hash, release_name, write_release
from ringback.publishing.genuine_alerts import SYNTHETIC_COST, Record, pack_alerts, slow_digest
from ringback.publishing.notices import notice_files
from ringback.publishing.report_statuses import StatusRecord, pack_statuses
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


def make_bundle(
    folder: Path,
    *,
    publication="P-001",
    more=0,
    cost=SYNTHETIC_COST,
    contacts=None,
    reports=True,
    statuses=(),
    **changes,
) -> Path:
    """Publish a bundle with two texts of ours, and `more` that nobody has; `changes` are fields of the campaign."""
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
    }
    hash_ = content_hash(files)
    keys = {CHECK_KEYS: json.dumps({KEY.name: KEY.derive("check").hex()}).encode()}
    keys[STATUS_KEYS] = json.dumps({KEY.name: KEY.derive(report_statuses.PURPOSE).hex()}).encode()
    write_release(folder, release_name(publication, hash_), files | keys, {"synthetic": True}, signer=SIGNER)
    return folder


def _status_digest(code):
    return bytes.fromhex(status_codes.status_digest(KeyRing((KEY,)), code).partition(":")[2])


def _fast(reference):
    return bytes.fromhex(references.check_digest(KEY, reference, LAST_FOUR).partition(":")[2])
