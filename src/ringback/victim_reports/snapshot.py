"""A snapshot: all reports that are not erased, and the decisions about them, frozen for the matching with calls.

    CASE/snapshots/<id>/     reports.parquet, loss_assessments.parquet, report_decisions.parquet, manifest.json

The id is the beginning of a hash of all rows. So the same reports give the same snapshot, whenever it is made. The
files hold full numbers: they are for their owner alone, and every snapshot is named in the audit log. Erasing a report
removes what holds it: snapshots, and what was computed of them (CASE/matches).
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.case.case_file import CaseFile
from ringback.engine.parquet import arrow_schema
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import unwritable
from ringback.files.durable import make_folder, naming, put_in_place, write_file
from ringback.files.private import check_unlinked
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.organisations import organisation_names
from ringback.records.report_decisions import DUPLICATE, MATCH, Decision, list_decisions
from ringback.records.report_losses import Losses, losses_by_report
from ringback.records.reports import list_reports
from ringback.schemas import REPORTS, SNAPSHOT_TABLES
from ringback.schemas.table import Table
from ringback.victim_reports.content import ReportContent
from ringback.victim_reports.digests import OurText, open_our_texts
from ringback.victim_reports.phone_numbers import read_called_number
from ringback.victim_reports.reasons import check_why
from ringback.victim_reports.sealing import open_content

FOLDER, MANIFEST, FROZEN = "snapshots", "manifest.json", "reports_frozen"
# Folders of a case in which every folder may hold tables with reports.
_COMPUTED = (FOLDER, "matches")
_ID_LENGTH = 16
_WORD = re.compile(r"[a-z0-9]+")
_ENDING = re.compile(r" (?:UK|Bank)$")
_COMMON_WORDS = frozenset({"three", "metro", "sky", "159"})
_OTHER_NAMES = {
    "rbs": "Royal Bank of Scotland", "hm revenue": "HMRC", "hm revenue customs": "HMRC",
    "hm revenue and customs": "HMRC", "inland revenue": "HMRC", "nat west": "NatWest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot.

    Attributes:
        id: The first 16 characters of its hash.
        hash: SHA-256 of all its rows.
        folder: Where it is.
        reports: How many reports it holds.
        decisions: How many decisions.
    """

    id: str
    hash: str
    folder: Path
    reports: int
    decisions: int

    def path(self, table: Table = REPORTS) -> Path:
        """The Parquet file of one of its tables."""
        return self.folder / f"{table.name}.parquet"


def freeze_reports(case_file: CaseFile, *, member: str, why: str) -> Snapshot:
    """Freeze the reports as they are now. A snapshot of the same rows that is there already is used again.

    Raises:
        RingbackError: `why_missing`, `file_linked`, `key_missing`, `sealed_unreadable`, `disk_full` or
            `output_unwritable`.
    """
    check_why(why)
    check_unlinked([case_file.case.path / FOLDER])
    ring = case_file.keys()
    with case_file.records.connect() as connection:
        kept = [one for one in list_reports(connection) if one.erased_at is None]
        contents = {one.id: open_content(one.sealed, one.key_sealed, ring, report=one.id) for one in kept}
        texts = open_our_texts(connection, ring, contents)
        losses = losses_by_report(connection)
        decisions = [
            _decision_row(one)
            for one in list_decisions(connection)
            if one.what in (MATCH, DUPLICATE) and one.report in contents
        ]
    plan = case_file.dial_plan()
    rows = [_report_row(report, content, texts.get(report), plan) for report, content in contents.items()]
    assessed = [row for one in kept for row in _assessment_rows(one.id, losses.get(one.id, Losses()))]
    tables = {
        table: _table(table, many) for table, many in zip(SNAPSHOT_TABLES, (rows, assessed, decisions), strict=True)
    }
    hash_ = _hash(tables)
    folder = case_file.case.path / FOLDER / hash_[:_ID_LENGTH]
    found = Snapshot(folder.name, hash_, folder, len(rows), len(decisions))
    facts = {"snapshot": found.id, "hash": hash_, "reports": found.reports, "decisions": found.decisions}
    # Logged first: whoever dies between the two has looked at the reports all the same.
    case_file.log.add(FROZEN, why=why, facts=facts, who=member)
    if not _is_whole(found):
        _write(found, tables)
    return found


def read_snapshot(case_file: CaseFile, id_: str) -> Snapshot:
    """A snapshot that was made before, checked against its hash.

    Raises:
        RingbackError: `snapshot_missing` or `snapshot_altered`.
    """
    folder = case_file.case.path / FOLDER / Path(id_).name
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        found = Snapshot(folder.name, str(told["hash"]), folder, int(told["reports"]), int(told["decisions"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RingbackError("snapshot_missing", snapshot=folder.name) from error
    try:
        tables = {table: pq.read_table(found.path(table)) for table in SNAPSHOT_TABLES}
    except (OSError, pa.ArrowException) as error:
        raise RingbackError("snapshot_altered", snapshot=found.id) from error
    if _hash(tables) != found.hash or found.hash[:_ID_LENGTH] != found.id:
        raise RingbackError("snapshot_altered", snapshot=found.id)
    return found


def remove_snapshots_with(case_file: CaseFile, report: str) -> list[str]:
    """Remove all snapshots and matches that hold a report, and those that cannot be read. Returns their ids.

    Raises:
        RingbackError: `output_unwritable`.
    """
    removed = []
    for place in (case_file.case.path / name for name in _COMPUTED):
        try:
            for folder in sorted(place.glob("*")):
                if folder.is_dir() and not folder.is_symlink() and _holds(folder, report):
                    shutil.rmtree(folder)
                    removed.append(folder.name)
        except OSError as error:
            raise unwritable(place, error) from error
    return removed


def _holds(folder: Path, report: str) -> bool:
    for path in folder.rglob("*.parquet"):
        try:
            names = pq.read_schema(path).names
            if "report" in names and report in pq.read_table(path, columns=["report"]).column("report").to_pylist():
                return True
        except (OSError, ValueError, pa.ArrowException):
            return True
    return False


def _report_row(report: str, content: ReportContent, ours: OurText | None, plan: DialPlan) -> Mapping[str, Any]:
    number = ours.number if ours else content.called_number
    days = [loss.on for loss in content.losses if loss.on is not None]
    return {
        "report": report,
        "check_digest": ours.check_digest if ours else None,
        "number_digest": ours.number_digest if ours else None,
        "called_number": number or None,
        # A number that was read when the report was taken is never read anew.
        "one_short": None if number else read_called_number(content.called_number_typed, plan).one_short,
        "shown_number": content.shown_number or None,
        "called_on": content.called_on,
        "called_on_sure": content.called_on_sure.value,
        "called_at": _seconds(content),
        "part_of_day": content.part_of_day.value,
        "claimed": find_claimed(content.claimed),
        "claimed_typed": content.claimed or None,
        "talk_time": content.talk_time.value,
        "lost_pence": content.lost_pence,
        "kind": content.kind.value,
        "whose": content.whose.value,
        "statement_on": min(days, default=None),
    }


def _assessment_rows(report: str, losses: Losses) -> Iterator[Mapping[str, Any]]:
    for money in (losses.confirmed, losses.estimated):
        if money is not None:
            yield {"report": report, "kind": money.basis, "pence": money.pence}


def _decision_row(one: Decision) -> Mapping[str, Any]:
    return {
        "report": one.report, "what": one.what, "about": one.about, "run": one.run, "decision": one.decision,
        "decided_at": one.at,
    }  # fmt: skip


def _seconds(content: ReportContent) -> int | None:
    at = content.called_at
    return None if at is None else at.hour * 3600 + at.minute * 60 + at.second


def find_claimed(typed: str) -> str | None:
    """The organisation that somebody names, as the list of organisations has it; None for none, or for two.

    >>> find_claimed("my bank, Barclays"), find_claimed("my bank")
    ('Barclays', None)
    """
    have = f" {' '.join(_WORD.findall(typed.casefold()))} "
    named = [(words, name) for words, name in _names() if f" {words} " in have]
    # Of "Royal Bank of Scotland" and "Bank of Scotland" the longer one is meant.
    longest = [
        name for words, name in named if not any(words != one and f" {words} " in f" {one} " for one, _ in named)
    ]
    return longest[0] if len(set(longest)) == 1 else None


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    """What people call each organisation, in small letters, and its name."""
    names = {_plain(name): name for name in organisation_names()}
    # People say HSBC and Lloyds, where the list has HSBC UK and Lloyds Bank.
    for name in sorted(organisation_names()):
        short = _plain(_ENDING.sub("", name.partition(" (")[0]))
        if short not in _COMMON_WORDS:
            names.setdefault(short, name)
    return tuple(sorted({**_OTHER_NAMES, **names}.items()))


def _plain(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold()))


def _table(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = arrow_schema(table)
    return pa.Table.from_arrays(
        [pa.array([row[name] for row in rows], schema.field(name).type) for name in table.names], schema=schema
    )


def _hash(tables: Mapping[Table, pa.Table]) -> str:
    """A hash of all rows, whichever version of Parquet or Arrow they are written with."""
    digest = hashlib.sha256()
    for table, rows in tables.items():
        digest.update(json.dumps([table.name, list(table.names)]).encode() + b"\n")
        for row in rows.to_pylist():
            told = [one.isoformat() if isinstance(one, date) else one for one in row.values()]
            digest.update(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _is_whole(snapshot: Snapshot) -> bool:
    try:
        told = json.loads((snapshot.folder / MANIFEST).read_bytes())
        held = {table: pq.read_table(snapshot.path(table)) for table in SNAPSHOT_TABLES}
    except (OSError, ValueError, pa.ArrowException):
        return False
    return bool(told.get("hash") == snapshot.hash == _hash(held))


def _write(snapshot: Snapshot, tables: Mapping[Table, pa.Table]) -> None:
    folder = snapshot.folder
    try:
        make_folder(folder.parent)
        clear_dead_temp_files(folder.parent)
        shutil.rmtree(folder, ignore_errors=True)
        part = temp_path(folder)
        make_folder(part)
    except OSError as error:
        raise unwritable(folder, error) from error
    manifest = {"hash": snapshot.hash, "reports": snapshot.reports, "decisions": snapshot.decisions}
    with naming(part, folder):
        for table, rows in tables.items():
            sink = pa.BufferOutputStream()
            pq.write_table(rows, sink)
            write_file(part / f"{table.name}.parquet", bytes(sink.getvalue()))
        write_file(part / MANIFEST, (json.dumps(manifest, sort_keys=True, indent=1) + "\n").encode())
    put_in_place(part, folder)
