"""The whole run on one page: from a seized database to the people who were called.

    exhibits -> read calls -> calls -> called parties -> victims
                                   \\-> accounts -> subjects      -> funnel, figures, report

Each step makes one table under runs/<id>/. The id is made from everything that can change a result, so an unchanged
case redoes nothing, and a run that was interrupted goes on after its last finished table.
"""

from dataclasses import dataclass
from datetime import timedelta

import ringback
from ringback.case.case_file import CaseFile
from ringback.case.folder import lock_run
from ringback.case.integrity import check_exhibits, find_run_damage
from ringback.engine.opening import open_engine
from ringback.engine.store import RunStore
from ringback.engine.time_zones import day_start, local_days, zone_offsets
from ringback.engine.view_script import SCRIPT_NAME, ViewScript
from ringback.ingest.call_parser import CallTexts
from ringback.ingest.duplicate_keys import save_repeated_keys
from ringback.ingest.exhibits import read_exhibits
from ringback.ingest.number_readings import save_readings
from ringback.ingest.timestamps import TimestampReader
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.organisations import organisation_numbers
from ringback.pipeline.fingerprint import fingerprint
from ringback.pipeline.reconciliation import reconciled_funnel
from ringback.pipeline.steps import SAVED, RunInputs, define_views
from ringback.progress import NullProgress, Progress
from ringback.sources.mapping import make_mapping
from ringback.sources.options import check_options
from ringback.stages.rules import get_rule


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its id, its tables, and whether it was there already."""

    id: str
    store: RunStore
    unchanged: bool


def run(case_file: CaseFile, *, why: str = "main run", progress: Progress | None = None) -> Run:
    """Do the main job for a case, or find that it is done.

    Raises:
        RingbackError: `case_busy`, an exhibit that is not as registered, an impossible setting or mapping, or
            `run_unreconciled`. The run that was current stays current.
    """
    progress = progress or NullProgress()
    case, log = case_file.case, case_file.log
    plan, rule = case_file.dial_plan(), get_rule(case.settings.alert_rule)
    inputs = RunInputs(
        rule,
        first_at=day_start(case.settings.time_zone, case.settings.first_day),
        until_at=day_start(case.settings.time_zone, case.settings.last_day + timedelta(days=1)),
    )
    mapping = make_mapping(case.settings.preset, case.settings.tables, toml=case.toml)
    # Taken once: an exhibit that is added while the run goes on belongs to the next one.
    exhibits = case_file.exhibits
    check_options(case.settings.exhibits, exhibits=[one.ref for one in exhibits], toml=case.toml)
    with lock_run(case):
        with progress.step("Checking exhibits", sum(one.bytes for one in exhibits)) as advance:
            check_exhibits(case_file, exhibits, advance)
        run_id = fingerprint(case_file, plan, exhibits)
        store = RunStore(case.runs_dir / run_id)
        told = log.find_last("run_finished", run=run_id)
        if find_run_damage(case_file, store):
            store.empty()
        unchanged = store.is_finished
        if not unchanged:
            log.add("run_started", why=why, facts={"run": run_id, "rule": rule.key})
            store.clear_leftovers()
            numbers = ColumnReader(plan)
            timestamps = TimestampReader(zone_offsets(case.settings.time_zone))
            texts = CallTexts(
                numbers,
                timestamps,
                first_at=inputs.first_at,
                until_at=inputs.until_at,
                answered=mapping.roles["calls"].answered_words,
            )
            chosen = mapping.roles["calls"].answered
            store.note(answered=None if chosen is None else list(chosen))
            read_exhibits(case_file, exhibits, store, mapping=mapping, call_texts=texts, progress=progress)
            analyse(case_file, store, numbers=numbers, inputs=inputs, progress=progress)
            store.finish(version=ringback.__version__, rule=rule.key, **_labels(case_file))
        # Logged for an unchanged run too: an earlier process may have died between the manifest and this entry.
        if not (unchanged and told):
            synthetic = bool(store.facts["synthetic"])
            facts = {"run": run_id, "manifest": store.manifest_digest(), "rule": rule.key, "synthetic": synthetic}
            log.add("run_finished", why=why, facts=facts)
        if unchanged:
            log.add("run_checked", why=why, facts={"run": run_id})
        if case.find_current_run() != run_id:
            case.switch_current(run_id)
        # Not tied to the switch above: an earlier process may have died between the two.
        last = log.find_last("run_made_current")
        if last is None or last.get("run") != run_id:
            log.add("run_made_current", why=why, facts={"run": run_id})
    return Run(run_id, store, unchanged=unchanged)


def analyse(
    case_file: CaseFile, store: RunStore, *, numbers: ColumnReader, inputs: RunInputs, progress: Progress
) -> None:
    """Make every other table from what was read. Tables that an interrupted run left whole are kept."""
    settings, machine = case_file.case.settings, case_file.settings
    save_repeated_keys(store)
    with open_engine(store, machine) as engine:
        define_views(engine)
        # Noted, but no part of the fingerprint: all engines must give the same results.
        store.note(engines=sorted({*store.facts.get("engines", []), engine.name}))
        if not (store.has("readings") and store.has("reading_options")):
            save_readings(engine, numbers)
        store.save_rows("zone_offsets", zone_offsets(settings.time_zone))
        store.save_rows("local_days", local_days(settings.time_zone, inputs.first_at, inputs.until_at))
        store.save_rows("organisation_numbers", organisation_numbers())
        with progress.step("Analysing calls", len(SAVED)) as advance:
            for step in SAVED:
                if not store.has(step.table.name):
                    engine.save(step.table, step.query(inputs))
                advance(1)
        reconciled_funnel(engine)
    script = ViewScript(store)
    define_views(script)
    store.save_text(SCRIPT_NAME, script.text())


def _labels(case_file: CaseFile) -> dict[str, str]:
    """The labels of the run's figures. They are kept with the run, because case.toml may change after it."""
    chosen = case_file.case.settings
    period = f"{chosen.first_day} to {chosen.last_day} ({chosen.time_zone})"
    return {"period": period, "time_zone": chosen.time_zone}
