"""The run: every step stands on tables that are there by then, and a run's id is made of what can change it."""

from dataclasses import replace

import pytest
from ibis.expr.operations import UnboundTable

from ringback import schemas as t
from ringback.case.case_file import new_case, open_case_file
from ringback.case.registration import register
from ringback.engine.base import NamedTables
from ringback.engine.queries import build
from ringback.errors import RingbackError
from ringback.pipeline.fingerprint import fingerprint
from ringback.pipeline.run import run
from ringback.pipeline.steps import SAVED, STEPS, VIEWS, define_views
from ringback.settings import Settings
from stages.seizures import RUN_INPUTS

CALLS = "account,started_at,called_number,duration_s,disposition\nann,2021-08-02 10:00:00,07700 900001,61,ANSWERED\n"


def expression(step):
    return build(step.query(RUN_INPUTS), NamedTables(), ())


def test_every_step_uses_only_tables_that_are_there_by_then():
    there = {table.name for table in t.TABLES} - {step.table.name for step in STEPS}
    for step in STEPS:
        used = {one.name for one in expression(step).op().find(UnboundTable)}
        assert used == {one.name for one in step.of}, "it says what it is made of"
        assert used <= there, step.table.name
        there.add(step.table.name)


def test_every_step_makes_the_columns_of_its_table_and_no_table_is_made_twice():
    assert len({step.table.name for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert set(step.table.names) <= set(expression(step).columns), step.table.name


def test_views_are_defined_and_never_saved():
    class Definitions(NamedTables):
        names = property(lambda self: set(self._defined))

    definitions = Definitions()
    define_views(definitions)
    assert definitions.names == {step.table.name for step in VIEWS} == {"calls", "called_parties"}
    assert {*SAVED, *VIEWS} == set(STEPS)


@pytest.fixture
def case_file(tmp_path):
    made = new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Test")
    (tmp_path / "calls.csv").write_text(CALLS)
    register(made, tmp_path / "calls.csv")
    yield made
    made.records.dispose()


def test_a_runs_id_tells_what_can_change_its_results(case_file, tmp_path):
    plan, exhibits = case_file.dial_plan(), case_file.exhibits
    first = fingerprint(case_file, plan, exhibits)
    assert first == fingerprint(case_file, plan, exhibits)
    others = [
        fingerprint(case_file, plan, []),
        fingerprint(case_file, plan, [replace(exhibits[0], sha256="0" * 64)]),
        fingerprint(case_file, plan, [replace(exhibits[0], name="other.csv")]),
        fingerprint(case_file, plan, [replace(exhibits[0], format="jsonl")]),
    ]
    toml = case_file.case.toml
    toml.write_text(toml.read_text() + '\n[exhibits.EX-001]\nset_aside = "another case\'s"\n')
    changed = open_case_file(case_file.case.path, settings=case_file.settings)
    others.append(fingerprint(changed, plan, exhibits))
    assert len({first, *others}) == 6
    # Where the file lies and who added it change no result.
    assert fingerprint(case_file, plan, [replace(exhibits[0], path="elsewhere", added_by="bob")]) == first


def told(case_file):
    return [entry.what for entry in case_file.log.entries() if entry.what.startswith("run_")]


def test_a_run_is_made_once_and_then_found_again(case_file):
    first = run(case_file)
    assert not first.unchanged
    assert first.store.rows("calls_by_day") == 1
    assert told(case_file) == ["run_started", "run_finished", "run_made_current"]
    again = run(case_file)
    assert (again.id, again.unchanged) == (first.id, True)
    assert told(case_file)[3:] == ["run_checked"]


def test_a_table_that_was_finished_is_taken_as_it_is_by_the_run_that_goes_on(case_file, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("ringback.pipeline.run.reconciled_funnel", fail)
        with pytest.raises(RingbackError):
            run(case_file)
    (folder,) = case_file.case.runs_dir.iterdir()
    before = {path.name: path.stat().st_ino for path in folder.glob("*.parquet")}
    assert run(case_file).store.is_finished
    made = {step.table.name for step in SAVED}
    after = {path.name: path.stat().st_ino for path in folder.glob("*.parquet")}
    assert {name for name in made if after[f"{name}.parquet"] != before[f"{name}.parquet"]} == set()


def fail(_engine):
    raise RingbackError("run_unreconciled", step="calls", rows_in=1, kept=0, fell_out=0)


def test_a_funnel_that_does_not_add_up_makes_no_run_current(case_file, monkeypatch):
    monkeypatch.setattr("ringback.pipeline.run.reconciled_funnel", fail)
    with pytest.raises(RingbackError) as caught:
        run(case_file)
    assert caught.value.code == "run_unreconciled"
    assert case_file.case.find_current_run() is None
    assert told(case_file) == ["run_started"]
