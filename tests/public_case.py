"""A bundle made by hand, for the public app: no case is needed to serve it."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alerting.campaign_facts import make_facts
from ringback.alerting.model import references
from ringback.keys import CaseKey
from ringback.publishing import genuine_alerts
from ringback.publishing.bundle_files import CHECK_KEYS, SITE, content_hash, release_name, write_release
from ringback.publishing.genuine_alerts import pack_alerts
from ringback.publishing.notices import notice_files
from ringback.publishing.sign_files import sign_files, tell_sign_files

KEY = CaseKey("k1", b"a key for tests only, nobody's")
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
# Always the same ones.
GENUINE = references.new_reference(lambda count: bytes(range(1, count + 1)))
NOT_YET = references.new_reference(lambda count: bytes(range(2, count + 2)))
LAST_FOUR = "0123"
FACTS = make_facts(synthetic=True)


def make_bundle(folder: Path, *, publication="P-001", more=0, judged_by=None, **changes) -> Path:
    """Publish a bundle with two texts of ours, or with `more` of them; `changes` are fields of the campaign.

    `judged_by` are the files of the check for scams; none of them in a release of the time before there were any.
    """
    facts = {**asdict(FACTS), **changes}
    site = {
        "synthetic": facts["synthetic"], "force": facts["force"], "website": facts["website"], "campaigns": [facts],
        "made_at": facts["counted_at"],
    }  # fmt: skip
    rows = [
        (references.check_digest(KEY, GENUINE, LAST_FOUR), "B-001", date(2022, 11, 24)),
        (references.check_digest(KEY, NOT_YET, LAST_FOUR), "B-001", None),
    ]
    rows += [
        (references.check_digest(KEY, references.new_reference(), f"{one % 10_000:04}"), "B-001", date(2022, 11, 24))
        for one in range(more)
    ]
    files = {
        SITE: json.dumps(site).encode(),
        genuine_alerts.FILE_NAME: pack_alerts(rows, campaigns=["B-001"]),
        **notice_files(facts["force"], facts["website"], synthetic=True),
        **(sign_files() if judged_by is None else judged_by),
    }
    hash_ = content_hash(files)
    keys = {CHECK_KEYS: json.dumps({KEY.name: KEY.derive("check").hex()}).encode()}
    told = {"synthetic": True, **({"scam_check": tell_sign_files(files)} if judged_by != {} else {})}
    write_release(folder, release_name(publication, hash_), files | keys, told, signer=SIGNER)
    return folder
