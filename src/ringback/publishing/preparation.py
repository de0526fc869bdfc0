"""Preparing a publication: everything that the public host may know, frozen in the case until a second person agrees.

    CASE/publications/P-003/     the files of the release to come, without keys

What is frozen is what is approved and published: the hash covers every file. A batch that is approved afterwards is in
the next publication.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ringback.alerting.batches.approval import ALERTS, is_sealed, read_checked_entries, seal_entry
from ringback.alerting.batches.clock_guard import check_log_clock
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.verification.alert_check import OURS
from ringback.alerting.verification.campaign_page import HAS_PAGE, CampaignFacts, read_facts
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import unwritable
from ringback.files.durable import make_folder, naming, put_in_place, write_file
from ringback.progress import NullProgress, Progress
from ringback.publishing import genuine_alerts, report_statuses
from ringback.publishing.bundle_files import SITE, content_hash
from ringback.publishing.contacts import read_contacts
from ringback.publishing.genuine_alerts import COST, SYNTHETIC_COST, Record, pack_alerts, read_head
from ringback.publishing.known_figures import figure_files
from ringback.publishing.notices import notice_files
from ringback.publishing.organisation_numbers import organisation_files
from ringback.publishing.overview import read_overview
from ringback.publishing.report_keys import find_report_keys
from ringback.publishing.report_statuses import StatusRecord, pack_statuses
from ringback.publishing.sign_files import sign_files
from ringback.publishing.slow_digests import SlowDigests
from ringback.publishing.timeline import timeline_files
from ringback.records.audit import AuditEntry
from ringback.records.batches import Batch, list_batches
from ringback.records.check_slots import list_ours
from ringback.records.report_decisions import STATUS, latest, list_decisions
from ringback.records.reports import list_reports

PREPARED = "publication_prepared"
FOLDER = "publications"
_ZONE = ZoneInfo("Europe/London")
_UNSEEN = NullProgress()


@dataclass(frozen=True, slots=True)
class Site:
    """What the public pages say of a case: the content of site.json.

    Attributes:
        synthetic: Whether the case is made up.
        force: Who sends the texts.
        website: The force's website, named in words.
        campaigns: `CampaignFacts` of each batch that has been approved, in order, as dictionaries.
        made_at: When this was prepared, UTC.
        contacts: Whom people write to, by what about: see `contacts.read_contacts`. Releases of before have none.
        report_recipient: The public half of the key that reports are sealed to. Releases of before have none.
    """

    synthetic: bool
    force: str
    website: str
    campaigns: tuple[dict[str, Any], ...]
    made_at: str
    contacts: dict[str, str]
    report_recipient: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication as it was prepared.

    Attributes:
        id: P-001, P-002, ...
        hash: The hash of its content.
        prepared_by: Who prepared it.
        batches: Hash of each batch whose alerts are in it, by id.
        alerts: How many texts it lets people check.
        files: Its files, by path.
    """

    id: str
    hash: str
    prepared_by: str
    batches: Mapping[str, str]
    alerts: int
    files: Mapping[str, bytes]


def prepare(case_file: CaseFile, *, member: str, why: str, progress: Progress = _UNSEEN) -> Publication:
    """Freeze what is to be published now. A refusal is logged.

    Args:
        case_file: The case.
        member: Who prepares it.
        why: Why, for the audit log.
        progress: Hears how many texts are ready. Interrupted, the next call goes on with the rest.

    Raises:
        RingbackError: `nothing_to_publish`, `batch_altered`, `page_setting_missing`, `audit_broken`,
            `records_rolled_back`, `mark_missing`, `clock_went_back`, `timeline_bad`, `organisation_numbers_bad`,
            `scam_check_faulty`, `report_key_missing`, `file_linked`, `disk_full` or `output_unwritable`.
    """
    with logging_refusals(case_file, "publish", member=member):
        check_log_clock(case_file)
        case_file.check_newest()
        entries = read_checked_entries(case_file)
        batches = _batches(case_file)
        if not batches:
            raise RingbackError("nothing_to_publish")
        campaigns = tuple(read_facts(case_file, one.id) for one in batches)
        digests = _pack(case_file, batches, progress)
        statuses = _pack_statuses(case_file, progress)
        report_keys = find_report_keys(case_file.settings.keys_dir, case_file.case.settings.id)
        site = Site(
            synthetic=case_file.is_synthetic,
            force=campaigns[-1].force,
            website=campaigns[-1].website,
            campaigns=tuple(asdict(one) for one in campaigns),
            made_at=case_file.clock.now().isoformat(timespec="seconds"),
            contacts=read_contacts(case_file.case.settings.publishing),
            report_recipient=report_keys.recipient,
        )
        files = {
            SITE: (json.dumps(asdict(site), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode(),
            genuine_alerts.FILE_NAME: digests,
            report_statuses.FILE_NAME: statuses,
            **notice_files(site.force, site.website, synthetic=site.synthetic),
            **figure_files(case_file),
            **timeline_files(case_file),
            **organisation_files(case_file),
            **sign_files(),
        }
    id_ = f"P-{1 + sum(entry.what == PREPARED for entry in entries):03}"
    hashes = {one.id: one.hash for one in batches}
    found = Publication(id_, content_hash(files), member, hashes, read_head(digests).count, files)
    _write(case_file, found)
    seal = seal_entry(case_file.keys(), PREPARED, **_sealed(found))
    facts = _sealed(found) | {"batches": dict(found.batches), "alerts": found.alerts, "seal": seal}
    facts["shown"] = asdict(read_overview(files))
    case_file.log.add(PREPARED, why=why, facts=facts, who=member)
    return found


def find_publication(case_file: CaseFile, typed_hash: str, entries: list[AuditEntry]) -> Publication:
    """The newest publication, if this is the beginning of its hash; checked against its files and the log.

    Args:
        case_file: The case.
        typed_hash: What the approver read: the hash's first 12 characters, or more.
        entries: All audit entries, checked.

    Raises:
        RingbackError: `publication_unknown` or `publication_altered`.
    """
    entry = next((one for one in reversed(entries) if one.what == PREPARED), None)
    told = entry.read_facts() if entry else {}
    typed = typed_hash.strip().lower()
    if entry is None or len(typed) < 12 or not str(told.get("hash")).startswith(typed):
        raise RingbackError("publication_unknown")
    id_ = str(told["publication"])
    found = Publication(id_, str(told["hash"]), entry.who, told["batches"], told["alerts"], _read(case_file, id_))
    if not is_sealed(case_file.keys(), entry, _sealed(found)) or content_hash(found.files) != found.hash:
        raise RingbackError("publication_altered", publication=id_)
    return found


def show_campaigns(found: Publication) -> list[CampaignFacts]:
    """The campaigns in a publication."""
    return [CampaignFacts(**_tuples(one)) for one in json.loads(found.files[SITE])["campaigns"]]


def show_contacts(found: Publication) -> dict[str, str]:
    """Whom people write to, in a publication."""
    contacts: dict[str, str] = json.loads(found.files[SITE])["contacts"]
    return contacts


def _tuples(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}


def _sealed(found: Publication) -> dict[str, str]:
    return {"publication": found.id, "hash": found.hash, "preparer": found.prepared_by}


def _batches(case_file: CaseFile) -> list[Batch]:
    """The batches that have a campaign page: approved at some time, no rehearsals."""
    with case_file.records.connect() as connection:
        return [
            one for one in list_batches(connection) if one.kind == ALERTS and one.approved_by and one.state in HAS_PAGE
        ]


def _pack(case_file: CaseFile, batches: list[Batch], progress: Progress) -> bytes:
    """The digests of all texts of these batches that count as ours, and of their rehearsals."""
    ids = [one.id for one in batches]
    with case_file.records.connect() as connection:
        campaign = {one.id: one.rehearses or one.id for one in list_batches(connection)}
        ours = [one for one in list_ours(connection, when=OURS) if campaign[one.batch] in ids]
    cost = _cost(case_file)
    slow = SlowDigests(case_file.case.path / FOLDER, case_file.keys(), cost=cost)
    with progress.step("Making digests that are slow to guess", len(ours)) as advance:
        made = slow.find([one.check_digest for one in ours], progress=advance)
    records = [
        Record(
            key=one.check_digest.partition(":")[0],
            digest=made[one.check_digest],
            campaign=campaign[one.batch],
            sent_on=one.at.astimezone(_ZONE).date() if one.at else None,
        )
        for one in ours
    ]
    return pack_alerts(records, campaigns=ids, cost=cost)


def _pack_statuses(case_file: CaseFile, progress: Progress) -> bytes:
    """The status of every report whose reporter has a status code."""
    with case_file.records.connect() as connection:
        found = {one.status_digest: one for one in list_reports(connection) if one.status_digest}
        decided = {one.report: one.at for one in latest(list_decisions(connection, what=STATUS)).values()}
    slow = SlowDigests(case_file.case.path / FOLDER, case_file.keys(), cost=_cost(case_file))
    with progress.step("Making digests of status codes", len(found)) as advance:
        made = slow.find(list(found), progress=advance)
    records = [
        StatusRecord(made[digest], one.status, decided.get(one.id, one.received_at).astimezone(_ZONE).date())
        for digest, one in found.items()
    ]
    return pack_statuses(records, keys=[one.partition(":")[0] for one in found], cost=_cost(case_file))


def _cost(case_file: CaseFile) -> int:
    return SYNTHETIC_COST if case_file.is_synthetic else COST


def _write(case_file: CaseFile, found: Publication) -> None:
    folder = case_file.case.path / FOLDER / found.id
    try:
        make_folder(folder.parent)
        clear_dead_temp_files(folder.parent)
        # What an earlier command left that died before it was logged.
        shutil.rmtree(folder, ignore_errors=True)
        part = temp_path(folder)
        make_folder(part)
    except OSError as error:
        raise unwritable(folder, error) from error
    with naming(part, folder):
        for path, content in found.files.items():
            write_file(part / path, content)
    put_in_place(part, folder)


def _read(case_file: CaseFile, id_: str) -> dict[str, bytes]:
    folder = case_file.case.path / FOLDER / Path(id_).name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
