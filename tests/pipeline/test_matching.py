"""Matching as a job: the same inputs give the same folder, whole or not at all, and no exhibit is read again."""

import hashlib
import json
import shutil
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from report_snapshots import read_export, report, rows_of, write_assessments, write_snapshot
from ringback.case.case_file import open_case_file
from ringback.cli.synthetic import case_from_seizure
from ringback.engine.duckdb import DuckDBEngine
from ringback.errors import RingbackError
from ringback.pipeline import matching
from ringback.pipeline.matching import MatchInputs, match_reports, open_matches
from ringback.pipeline.run import run
from ringback.settings import load_settings
from ringback.synthetic.seizure import make_seizure
from stages.match_oracle import tie as tie_plainly


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A synthetic case that was run, its seizure, and a snapshot of its reports."""
    folder = tmp_path_factory.mktemp("matching")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGBACK_KEYS", str(folder / "keys"))
        make_seizure(folder / "seizure", calls=20_000, seed=3)
        case_file = case_from_seizure(folder / "seizure", folder / "case")
        run(case_file)
        rows, truth = read_export(folder / "seizure", case_file.key().digest)
        snapshot = write_snapshot(folder / "snapshot.parquet", rows)
        yield case_file, rows, truth, snapshot


@pytest.fixture
def case_file(made, tmp_path):
    """A copy of the case, without matches."""
    whole = made[0]
    whole.close()
    shutil.copytree(whole.case.path, tmp_path / "case", ignore=shutil.ignore_patterns("matches"))
    shutil.copytree(whole.settings.keys_dir, tmp_path / "keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGBACK_KEYS", str(tmp_path / "keys"))
        copy = open_case_file(tmp_path / "case", settings=load_settings())
        yield copy
        copy.close()


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_reports_are_tied_to_the_numbers_they_are_about(case_file, made):
    _case, rows, truth, snapshot = made
    done = match_reports(case_file, MatchInputs(snapshot), why="test")
    outcomes = {one["report"]: one for one in rows_of(done.folder / "report_outcomes.parquet")}
    assert outcomes.keys() == truth.keys()
    for name, one in outcomes.items():
        if one["outcome"] in ("certain", "likely"):
            assert one["called_number"] == truth[name]["about"]
    with_text = [name for name, one in truth.items() if one["number_told"] == "not_asked"]
    assert with_text
    assert {outcomes[name]["outcome"] for name in with_text} == {"certain"}
    assert all(outcomes[name]["calls"] for name in with_text)
    assert len(rows) == len(outcomes)


def test_the_matches_of_a_whole_case_are_those_of_the_documentation(case_file, made):
    _case, rows, _truth, snapshot = made
    done = match_reports(case_file, MatchInputs(snapshot), why="test")
    run_store = matching.RunStore(case_file.case.get_current_run())
    with DuckDBEngine(run_store, memory_limit="1GB", threads=1) as engine:
        matching_calls = engine_calls(engine)
    last_day = case_file.case.settings.last_day + timedelta(days=1)
    expected, pairs = tie_plainly(rows, matching_calls, last_day)
    found = rows_of(done.folder / "matches.parquet")
    outcomes = rows_of(done.folder / "report_outcomes.parquet")
    assert {
        one["report"]: (
            one["outcome"], one["reason"], one["called_number"] and int(one["called_number"]), one["points"],
            one["next_points"], one["calls"],
        )
        for one in outcomes
    } == expected  # fmt: skip
    assert sorted((one["report"], one["origin_row"], one["points"], one["rank"]) for one in found) == sorted(
        (pair.report, pair.call["origin_row"], points, rank) for pair, rank, points in pairs
    )


def engine_calls(engine):
    """Every call of the run, as the oracle takes it."""
    from ringback.pipeline.steps import define_views

    define_views(engine)
    return engine.dicts(lambda m: m.calls)


def test_the_same_inputs_give_the_same_id_and_the_same_bytes(case_file, made):
    inputs = MatchInputs(made[3])
    first = match_reports(case_file, inputs, why="test")
    before = digests(first.folder)
    assert match_reports(case_file, inputs, why="test").unchanged
    shutil.rmtree(first.folder)
    again = match_reports(case_file, inputs, why="test")
    assert (again.id, again.unchanged) == (first.id, False)
    assert digests(again.folder) == before
    assert oct(again.folder.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in again.folder.iterdir()} == {"600"}


def test_other_reports_and_other_alerts_give_another_id(case_file, made):
    _case, rows, _truth, snapshot = made
    other = write_snapshot(case_file.case.path.parent / "other.parquet", rows[1:])
    ids = {
        match_reports(case_file, inputs, why="test").id
        for inputs in (MatchInputs(snapshot), MatchInputs(other), MatchInputs(snapshot, None, frozenset({"k1:ab"})))
    }
    assert len(ids) == 3


def test_the_exhibits_are_not_needed_again(case_file, made):
    shutil.rmtree(case_file.case.exhibits_dir)
    assert match_reports(case_file, MatchInputs(made[3]), why="test").manifest["rows"]["report_outcomes"]


@pytest.mark.parametrize("at", ["matches", "report_outcomes"])
def test_matches_that_fail_half_way_leave_nothing_behind(case_file, made, monkeypatch, at):
    real = DuckDBEngine.save

    def fail(self, schema, query, *given):
        if schema.name == at:
            raise OSError("no room")
        real(self, schema, query, *given)

    monkeypatch.setattr(DuckDBEngine, "save", fail)
    with pytest.raises(RingbackError):
        match_reports(case_file, MatchInputs(made[3]), why="test")
    assert list(case_file.case.matches_dir.iterdir()) == []
    monkeypatch.undo()
    monkeypatch.setenv("RINGBACK_KEYS", str(case_file.settings.keys_dir))
    assert not match_reports(case_file, MatchInputs(made[3]), why="test").unchanged


def test_matches_that_were_changed_are_refused(case_file, made):
    done = match_reports(case_file, MatchInputs(made[3]), why="test")
    for name in ("report_outcomes.parquet", "manifest.json", "figures.json"):
        content = (done.folder / name).read_bytes()
        (done.folder / name).write_bytes(content + b" ")
        with pytest.raises(RingbackError) as caught:
            open_matches(case_file, done.id)
        assert caught.value.code == "matches_damaged"
        assert caught.value.facts["file"] == name
        (done.folder / name).write_bytes(content)
    assert open_matches(case_file, done.id) == done.manifest


def test_a_run_that_was_changed_is_not_matched(case_file, made):
    victims = case_file.case.get_current_run() / "victims.parquet"
    victims.write_bytes(victims.read_bytes() + b" ")
    with pytest.raises(RingbackError) as caught:
        match_reports(case_file, MatchInputs(made[3]), why="test")
    assert caught.value.code == "run_damaged"


def test_a_snapshot_that_is_none_is_refused_and_nothing_of_it_is_shown(case_file, tmp_path):
    text = tmp_path / "reports.csv"
    text.write_text("report,called_number\nR-0001,+447700900001\n")
    lacking = tmp_path / "lacking.parquet"
    pq.write_table(pq.read_table(write_snapshot(tmp_path / "s", [report()])).drop_columns(["whose"]), lacking)
    twice = write_snapshot(tmp_path / "twice.parquet", [report(), report()])
    national = write_snapshot(tmp_path / "national.parquet", [report(called_number="07700900001")])
    empty = write_snapshot(tmp_path / "empty.parquet", [report(shown_number="")])
    refused = {text: "no table", lacking: "no column whose", twice: "in it twice"}
    refused |= {national: "a called_number is no", empty: "a shown_number is no"}
    for at, number in enumerate((447700900001, 7700900001, 4477009000, 44207946000)):
        other = write_snapshot(tmp_path / f"short{at}.parquet", [report(one_short=number), report("R-0002")])
        refused[other] = "a one_short is no"
    for path, words in refused.items():
        with pytest.raises(RingbackError) as caught:
            match_reports(case_file, MatchInputs(path), why="test")
        assert caught.value.code == "snapshot_unreadable"
        assert words in str(caught.value)
        assert "900001" not in str(caught.value)


def figures(done):
    content = json.loads((done.folder / "figures.json").read_text())
    return {one["key"]: one["value"] for one in content["figures"]}


def test_losses_that_were_reported_confirmed_and_estimated_stay_apart(case_file, made, tmp_path):
    _case, rows, _truth, snapshot = made
    alone = figures(match_reports(case_file, MatchInputs(snapshot), why="test"))
    assert alone["loss_confirmed"] is alone["loss_estimated"] is None
    (lost,) = alone["loss_reported"]
    pence = [one["lost_pence"] for one in rows]
    assert lost["total"] == sum(pence) / 100 == len(rows) * 10_000
    assert (lost["mean"], lost["largest"], lost["reports"]) == (10_000, max(pence) / 100, len(rows))
    names = [one["report"] for one in rows[:3]]
    assessed = [
        {"report": names[0], "kind": "confirmed", "pence": 100},
        {"report": names[0], "kind": "estimated", "pence": 900},
        {"report": names[1], "kind": "confirmed", "pence": 400},
    ]
    path = write_assessments(tmp_path / "assessed.parquet", assessed)
    done = match_reports(case_file, MatchInputs(snapshot, path), why="test")
    found = figures(done)
    assert found["loss_reported"] == alone["loss_reported"]
    assert found["loss_confirmed"] == [
        {"reports": 2, "with_loss": 2, "total": 5.0, "mean": 2.5, "median": 2.5, "largest": 4.0}
    ]
    assert found["loss_estimated"][0]["total"] == 9.0
    assert (done.folder / "assessments.parquet").read_bytes() == path.read_bytes()


def test_victims_who_reported_and_were_never_alerted_are_counted(case_file, made):
    _case, rows, truth, snapshot = made
    done = match_reports(case_file, MatchInputs(snapshot), why="test")
    found = figures(done)
    victims = {one["called_number"] for one in rows_of(case_file.case.get_current_run() / "victims.parquet")}
    assert found["reports_total"] == len(rows)
    assert found["reports_total"] == (
        found["reports_matched"] + found["reports_for_a_person"] + found["reporters_not_in_the_calls"]
    )
    with_text = {truth[one["report"]]["about"] for one in rows if one["number_digest"]}
    alerted = frozenset(case_file.key().digest(number) for number in with_text)
    fewer = figures(match_reports(case_file, MatchInputs(snapshot, None, alerted), why="test"))
    assert with_text <= victims
    for name in ("victims_reported_never_alerted", "numbers_reported_never_alerted"):
        assert found[name] - fewer[name] == len(with_text)
    tied = [one for one in rows_of(done.folder / "report_outcomes.parquet") if one["outcome"] in ("certain", "likely")]
    assert found["numbers_reported_never_alerted"] == len({one["called_number"] for one in tied})
    assert found["victims_reported_never_alerted"] == len({one["called_number"] for one in tied} & victims)
