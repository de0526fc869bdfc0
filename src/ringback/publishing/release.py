"""Publishing: a second person approves what was prepared, and it is put into the bundle in one step."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringback.alerting.batches.approval import is_sealed, read_checked_entries, seal_entry
from ringback.alerting.batches.clock_guard import check_log_clock
from ringback.alerting.batches.published import PUBLISHED, published_facts
from ringback.alerting.batches.refusals import logging_refusals
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.publishing import genuine_alerts, report_statuses
from ringback.publishing.bundle_files import (
    CHECK_KEYS,
    STATUS_KEYS,
    find_current,
    public_text,
    release_name,
    write_release,
)
from ringback.publishing.overview import Overview, read_overview
from ringback.publishing.preparation import Publication, find_publication
from ringback.publishing.sign_files import tell_sign_files
from ringback.records.audit import AuditEntry

APPROVED = "publication_approved"


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the release, its content's hash, how many texts people can check, and what else is shown."""

    release: str
    hash: str
    alerts: int
    batches: tuple[str, ...]
    public_key: str
    shown: Overview


def publish(case_file: CaseFile, bundle: Path, *, typed_hash: str, member: str, why: str) -> Published:
    """Approve the newest publication and put it into a bundle. Given again after an interruption, it goes on.

    A refusal is logged.

    Args:
        case_file: The case.
        bundle: The bundle; made if it is not there.
        typed_hash: What the approver read: the hash's first 12 characters, or more.
        member: Who approves; not who prepared it.
        why: Why, for the audit log.

    Raises:
        RingbackError: `publication_unknown`, `publication_altered`, `publisher_is_preparer`, `bundle_inside_case`,
            `bundle_of_another_case`, `audit_broken`, `records_rolled_back`, `mark_missing`, `clock_went_back`,
            `disk_full` or `output_unwritable`.
    """
    log, ring = case_file.log, case_file.keys()
    with logging_refusals(case_file, "publish", member=member):
        check_log_clock(case_file)
        case_file.check_newest()
        entries = read_checked_entries(case_file)
        found = find_publication(case_file, typed_hash, entries)
        if member == found.prepared_by:
            raise RingbackError("publisher_is_preparer", publication=found.id, member=member)
        if bundle.resolve().is_relative_to(case_file.case.path.resolve()):
            raise RingbackError("bundle_inside_case", path=bundle.absolute())
        approval = _find_approval(case_file, found, entries)
        if approval is None:
            facts = _sealed(found, member)
            seal = seal_entry(ring, APPROVED, **facts)
            log.add(APPROVED, why=why, facts=facts | {"seal": seal}, who=member)
        name, signer = release_name(found.id, found.hash), signing_key(case_file)
        files = dict(found.files)
        files[CHECK_KEYS] = _derived(ring, "check", genuine_alerts.read_head(files[genuine_alerts.FILE_NAME]).keys)
        files[STATUS_KEYS] = _derived(
            ring, report_statuses.PURPOSE, report_statuses.read_key_names(files[report_statuses.FILE_NAME])
        )
        facts_of_release = {
            "publication": found.id,
            "content": found.hash,
            "synthetic": case_file.is_synthetic,
            "scam_check": tell_sign_files(files),
            "previous": find_current(bundle) if bundle.exists() else None,
        }
        write_release(bundle, name, files, facts_of_release, signer=signer)
    told = published_facts(found.id, found.hash, found.batches, ring)
    log.add(PUBLISHED, why=why, facts=told | {"release": name, "bundle": str(bundle.absolute())}, who=member)
    return Published(
        name, found.hash, found.alerts, tuple(found.batches), public_text(signer), read_overview(found.files)
    )


def _derived(ring: KeyRing, purpose: str, names: Iterable[str]) -> bytes:
    """The derived keys of one purpose, as a file of JSON."""
    keys = {one.name: one.derive(purpose).hex() for one in ring.keys}
    return (json.dumps({one: keys[one] for one in names}, sort_keys=True) + "\n").encode()


def signing_key(case_file: CaseFile) -> Ed25519PrivateKey:
    """The key that signs a case's releases. It comes from the oldest key of the case, so that it outlasts rotation."""
    return Ed25519PrivateKey.from_private_bytes(case_file.keys().keys[0].derive("bundle signature"))


def _find_approval(case_file: CaseFile, found: Publication, entries: list[AuditEntry]) -> AuditEntry | None:
    """The sealed entry of an approval of this publication that was given before; None if there is none."""
    for entry in reversed(entries):
        if entry.what == APPROVED and entry.read_facts().get("publication") == found.id:
            return entry if is_sealed(case_file.keys(), entry, _sealed(found, entry.who)) else None
    return None


def _sealed(found: Publication, approver: str) -> dict[str, str]:
    return {"publication": found.id, "hash": found.hash, "preparer": found.prepared_by, "approver": approver}
