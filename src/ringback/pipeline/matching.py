"""Matching: ties the reports of a snapshot to the calls of the current run.

    run (its tables) + snapshot of reports + rule -> matches/<id>/: matches, report_outcomes, figures.json, manifest

The exhibits are not read again: everything before the first report is the run's. The id is a digest of all that can
change the result, so the same reports over the same run give the same folder, byte for byte. The folder is made under
another name and renamed: it is there whole or not at all.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ringback.case.case_file import CaseFile
from ringback.case.folder import lock_run
from ringback.case.integrity import find_run_damage
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.parquet import arrow_schema
from ringback.engine.queries import StageQuery
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import unwritable
from ringback.files.output import write_private
from ringback.pipeline.match_figures import match_figures
from ringback.program.source import source_digest, version_of
from ringback.progress import NullProgress, Progress
from ringback.schemas import ADJUSTED_ROWS, LOCAL_DAYS, PARSED_CALLS
from ringback.schemas.reports import LOSS_ASSESSMENTS, MATCHES, REPORT_OUTCOMES, REPORTS
from ringback.schemas.table import Table
from ringback.stages import match_rule
from ringback.stages.matches import matches, report_outcomes

# The parts of the program that make matches out of a run: a change to them makes matches anew.
_CODE = (
    "engine/",
    "expressions.py",
    "pipeline/match",
    "schemas/reports.py",
    "stages/e164.py",
    "stages/figures.py",
    "stages/match",
)
_MANIFEST = "manifest.json"
_SNAPSHOT, _ASSESSMENTS = "snapshot.parquet", "assessments.parquet"
FIGURES_FILE = "figures.json"
RECORDS, FILE = "records", "file"
_NUMBERS, _E164 = frozenset({"called_number", "shown_number"}), r"^\+[0-9]{7,15}$"
# A UK mobile with one digit missing: 44, 7, and eight digits more.
_LEAST_SHORT, _MOST_SHORT = 44_700_000_000, 44_799_999_999
# Each table, and the query that makes it.
STEPS = (
    (MATCHES, StageQuery(matches, (REPORTS, PARSED_CALLS, ADJUSTED_ROWS, LOCAL_DAYS))),
    (REPORT_OUTCOMES, StageQuery(report_outcomes, (REPORTS, MATCHES))),
)


@dataclass(frozen=True, slots=True)
class MatchInputs:
    """What reports are matched from, beside the run.

    Attributes:
        snapshot: A Parquet file of REPORTS.
        assessments: A Parquet file of LOSS_ASSESSMENTS; None where nobody assessed a loss.
        alerted: Keyed digests of the numbers that a text of ours went to, or may have.
        source: RECORDS for reports of the case's own records, FILE for those of a file from somewhere else.
    """

    snapshot: Path
    assessments: Path | None = None
    alerted: frozenset[str] = frozenset()
    source: str = FILE


@dataclass(frozen=True, slots=True)
class Matching:
    """The matches of one snapshot and one run: their id, folder and manifest; whether they were there already."""

    id: str
    folder: Path
    manifest: dict[str, Any]
    unchanged: bool


def match_reports(case_file: CaseFile, inputs: MatchInputs, *, why: str, progress: Progress | None = None) -> Matching:
    """Tie the reports of a snapshot to the calls of the current run, or find that it is done.

    Raises:
        RingbackError: `run_none`, `run_damaged`, `snapshot_unreadable`, `matches_damaged`, `case_busy`, or an output
            that cannot be written.
    """
    progress = progress or NullProgress()
    case, log = case_file.case, case_file.log
    with lock_run(case):
        run = RunStore(case.get_current_run())
        reports = _read(inputs.snapshot, REPORTS, key=("report",))
        facts = _facts(run, inputs)
        found = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
        folder = case.matches_dir / found
        unchanged = folder.is_dir()
        if not unchanged:
            with progress.step("Checking the run", None):
                if damaged := find_run_damage(case_file, run) if run.is_finished else ["manifest"]:
                    raise RingbackError("run_damaged", table=", ".join(damaged), run=run.folder.name)
            with progress.step("Matching reports", len(STEPS) + 1) as advance:
                _make(case_file, folder, run, reports, inputs=inputs, facts=facts, advance=advance)
        # Logged for matches that were there too: an earlier process may have died between the folder and this entry.
        if not (unchanged and log.find_last("reports_matched", matches=found)):
            told = {name: facts[name] for name in ("run", "snapshot", "source", "rule")}
            logged = {"matches": found, "manifest": _digest(folder / _MANIFEST), "reports": reports.num_rows}
            log.add("reports_matched", why=why, facts=logged | told)
    return Matching(found, folder, open_matches(case_file, found), unchanged)


def open_matches(case_file: CaseFile, matches_id: str) -> dict[str, Any]:
    """The manifest of finished matches, after checking it against the log, and every file against the manifest.

    Raises:
        RingbackError: `matches_damaged`.
    """
    folder = case_file.case.matches_dir / matches_id
    logged = case_file.log.find_last("reports_matched", matches=matches_id)
    try:
        if logged is None or _digest(folder / _MANIFEST) != logged.get("manifest"):
            raise RingbackError("matches_damaged", path=folder, file=_MANIFEST)
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                raise RingbackError("matches_damaged", path=folder, file=name)
    except OSError as error:
        raise RingbackError("matches_damaged", path=folder, file=Path(str(error.filename)).name) from error
    return manifest


def find_match_differences(case_file: CaseFile) -> list[str]:
    """Matches that are not what the audit log tells of, in words."""
    differences = []
    for folder in sorted(case_file.case.matches_dir.glob("[0-9a-f]*")):
        try:
            open_matches(case_file, folder.name)
        except RingbackError as error:
            differences.append(f"matches/{folder.name}: {error.facts['file']} was changed or is missing")
    return differences


def _facts(run: RunStore, inputs: MatchInputs) -> dict[str, Any]:
    """All that can change the matches."""
    return {
        "run": run.folder.name,
        "run_manifest": run.manifest_digest(),
        "snapshot": _digest(inputs.snapshot),
        "assessments": _digest(inputs.assessments) if inputs.assessments else "",
        "alerted": hashlib.sha256("\n".join(sorted(inputs.alerted)).encode()).hexdigest(),
        "source": inputs.source,
        "rule": match_rule.VERSION,
        "code": source_digest(within=_CODE),
        "stands_on": {name: version_of(name) for name in ("duckdb", "ibis-framework", "pyarrow")},
    }


def _make(
    case_file: CaseFile,
    folder: Path,
    run: RunStore,
    reports: pa.Table,
    *,
    inputs: MatchInputs,
    facts: dict[str, Any],
    advance: Any,  # noqa: ANN401 - how `Progress.step` counts
) -> None:
    parent, settings = folder.parent, case_file.settings
    if not parent.is_dir():
        try:
            parent.mkdir(mode=0o700)
        except OSError as error:
            raise unwritable(parent, error) from error
    clear_dead_temp_files(parent)
    temp = temp_path(folder)
    try:
        store = RunStore(temp)
        with DuckDBEngine(store, memory_limit=settings.memory_limit, threads=settings.workers, beside=run) as engine:
            store.save_rows(REPORTS.name, reports)
            advance(1)
            for schema, query in STEPS:
                engine.save(schema, query)
                advance(1)
            if inputs.assessments:
                store.save_rows(
                    LOSS_ASSESSMENTS.name, _read(inputs.assessments, LOSS_ASSESSMENTS, key=("report", "kind"))
                )
            figures = match_figures(engine, run, inputs.alerted, keys=case_file.keys)
        _finish(store, inputs, facts, figures)
        temp.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(temp, ignore_errors=True)


def _finish(store: RunStore, inputs: MatchInputs, facts: dict[str, Any], figures: list[dict[str, Any]]) -> None:
    """Keep the snapshot as it came, write figures and manifest, and take away what only the work needed."""
    head = {"run": facts["run"], "snapshot": facts["snapshot"], "rule": facts["rule"]}
    write_private(store.folder / FIGURES_FILE, json.dumps(head | {"figures": figures}, indent=1) + "\n")
    kept = [f"{MATCHES.name}.parquet", f"{REPORT_OUTCOMES.name}.parquet", FIGURES_FILE]
    for path in list(store.folder.iterdir()):
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for source, name in ((inputs.snapshot, _SNAPSHOT), (inputs.assessments, _ASSESSMENTS)):
        if source is not None:
            write_private(store.folder / name, source.read_bytes())
            kept.append(name)
    rows = {name: store.tables[name].rows for name in (MATCHES.name, REPORT_OUTCOMES.name)}
    manifest = facts | {"rows": rows, "files": {name: _digest(store.folder / name) for name in kept}}
    write_private(store.folder / _MANIFEST, json.dumps(manifest, indent=1) + "\n")


def _read(path: Path, schema: Table, *, key: tuple[str, ...]) -> pa.Table:
    """A Parquet file as a table of that schema, whose keys are there once each.

    Raises:
        RingbackError: `snapshot_unreadable`.
    """
    try:
        rows = pq.read_table(path)
        lacking = [name for name in schema.names if name not in rows.column_names]
        if lacking:
            raise RingbackError("snapshot_unreadable", path=path, problem=f"it has no column {', '.join(lacking)}")
        rows = rows.select(list(schema.names)).cast(arrow_schema(schema))
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        # Arrow's words may quote a value of the file.
        raise RingbackError("snapshot_unreadable", path=path, problem="it is no table of that kind") from error
    if rows.group_by(list(key)).aggregate([]).num_rows != rows.num_rows:
        raise RingbackError("snapshot_unreadable", path=path, problem="a report is in it twice")
    for name in _NUMBERS.intersection(schema.names):
        if pc.any(pc.invert(pc.match_substring_regex(rows[name], _E164))).as_py():
            raise RingbackError("snapshot_unreadable", path=path, problem=f"a {name} is no number in E.164")
    if schema is REPORTS and not _are_short(rows["one_short"]):
        problem = "a one_short is no UK mobile with one digit missing"
        raise RingbackError("snapshot_unreadable", path=path, problem=problem)
    return rows


def _are_short(numbers: pa.ChunkedArray) -> bool:
    found = pc.min_max(numbers)
    least, most = found["min"].as_py(), found["max"].as_py()
    return least is None or (least >= _LEAST_SHORT and most <= _MOST_SHORT)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
