"""A whole run on Spark comes to what it comes to on DuckDB."""

import json
import shutil

import ibis.expr.operations as ops
import pyarrow.parquet as pq

from cli.conftest import make_case
from ringback import schemas as t
from ringback.engine.base import NamedTables
from ringback.engine.queries import build
from ringback.engine.store import RunStore
from ringback.pipeline.steps import SAVED
from stages.seizures import RUN_INPUTS


def is_ordered(name):
    step = next((step for step in SAVED if step.table.name == name), None)
    if step is None:  # made by readers, alike on every engine; but for the one that an engine makes distinct
        return name != t.READING_OPTIONS.name
    return isinstance(build(step.query(RUN_INPUTS), NamedTables(), ()).op(), ops.Sort)


def test_every_table_is_the_same_row_for_row(ringback, spark, tmp_path):
    assert ringback("synth", tmp_path / "seizure", "--calls", 1000, "--seed", 3).code == 0
    case, twin = make_case(ringback, tmp_path / "case", tmp_path / "seizure"), tmp_path / "twin"
    shutil.copytree(case, twin)
    done = ringback("run", case, "--json")
    other = ringback("run", twin, "--engine", "spark", "--master", "local[2]", "--json")
    assert (done.code, other.code) == (0, 0), other.err
    ours, theirs = (RunStore(next((one / "runs").iterdir())) for one in (case, twin))
    assert ours.folder.name == theirs.folder.name
    assert [one.partition(" ")[0] for one in theirs.facts["engines"]] == ["spark"]
    assert set(ours.tables) == set(theirs.tables)
    for name in ours.tables:
        left, right = pq.read_table(ours.path(name)), pq.read_table(theirs.path(name))
        if not is_ordered(name):
            keys = [(column, "ascending") for column in left.column_names]
            left, right = left.sort_by(keys), right.sort_by(keys)
        assert left.schema.equals(right.schema), name
        assert left.equals(right), name
    assert done.json["figures"] == other.json["figures"]
    again = ringback("run", twin, "--json")
    assert (again.code, again.json["unchanged"]) == (0, True)


def test_a_master_is_for_spark_alone(ringback, tmp_path):
    case = tmp_path / "case"
    assert ringback("case", "new", case, "--name", "Test").code == 0
    done = ringback("run", case, "--master", "local[2]")
    assert done.code == 2
    assert "--engine spark" in done.err


def test_without_java_a_run_on_spark_says_what_to_install(ringback, tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    (tmp_path / "calls.csv").write_text(
        "call_id,leg,account,started_at,presentation_number,called_number,duration_s,disposition\n"
        "C1,b,ann,2021-08-02 10:00:00,,07700 900001,61,ANSWERED\n"
    )
    case = tmp_path / "case"
    assert ringback("case", "new", case, "--name", "Test").code == 0
    assert ringback("exhibit", "add", case, tmp_path / "calls.csv").code == 0
    done = ringback("run", case, "--engine", "spark", "--json")
    assert (done.code, done.json["error"]) == (2, "spark_missing"), json.dumps(done.json)
    assert "openjdk-17" in done.json["happened"]
    # So few calls are a finding, which DuckDB gets as far as telling.
    assert ringback("run", case, "--json").code == 1
