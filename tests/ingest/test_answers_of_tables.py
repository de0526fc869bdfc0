"""Whether anything is known of answers is a fact of a seized table, however its rows are cut and ordered."""

from contextlib import contextmanager
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.seized_calls import a_call, as_archive, as_csv, as_lines, as_sqlite, intake_in, without
from ringback.engine.store import RunStore
from ringback.progress import NullProgress
from tiers import examples

ANSWERED = [a_call("A1", talked=70), a_call("A2", talked=5)]
RANG = [a_call("R1", rang=65), a_call("R2", rang=30)]
WITHOUT = [without(a_call("W1", rang=0, talked=80), "answered_at"), without(a_call("W2", rang=9), "answered_at")]
TALK = {"A1": 70.0, "A2": 5.0, "R1": 0.0, "R2": 0.0}


@pytest.mark.parametrize("calls", [ANSWERED + RANG, RANG + ANSWERED], ids=["answers first", "answers last"])
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_a_batch_without_an_answer_is_judged_as_its_table_is(tmp_path, calls, rows):
    with intake_in(tmp_path, "calls.csv", as_csv(calls), rows=rows) as made:
        assert made.talk() == TALK
        assert [row["connected"] for row in made.calls()] == [row["duration_s"] > 0 for row in made.calls()]
        # Each row is counted once, though it was read twice.
        assert made.note()["times"] == {"ended": 2, "too_long": 0, "answers": 2, "at_start": 0}
        assert made.note()["rows"] == {"calls": 4}


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_answers_in_seconds_since_1970_are_read_in_a_table_that_begins_with_unanswered_calls(tmp_path, rows):
    calls = [{name: _since_1970(name, text) for name, text in call.items()} for call in RANG + ANSWERED]
    with intake_in(tmp_path, "calls.csv", as_csv(calls), rows=rows) as made:
        assert made.talk() == TALK


def _since_1970(name, text):
    if not name.endswith("_at"):
        return text
    return str(int(datetime.fromisoformat(text + "+00:00").timestamp())) if text else "0"


@pytest.mark.parametrize("rows", [1, 100])
def test_calls_of_a_table_without_answers_are_no_unanswered_ones_beside_others(tmp_path, rows):
    content = as_archive(calls_1__csv=as_csv(WITHOUT), calls_2__csv=as_csv(ANSWERED + RANG))
    with intake_in(tmp_path, "seizure.tar", content, rows=rows) as made:
        assert made.talk() == TALK | {"W1": 80.0, "W2": 9.0}


@pytest.mark.parametrize("rows", [1, 100])
def test_a_column_of_answers_that_is_always_empty_tells_nothing_beside_a_table_that_has_some(tmp_path, rows):
    content = as_sqlite(tmp_path / "site", calls_old=RANG, calls_new=ANSWERED, accounts=[{"account": "ann"}])
    for name, seized in (("site.db", content), ("site.tar", as_archive(site__db=content))):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        with intake_in(folder, name, seized, rows=rows) as made:
            assert made.talk() == TALK | {"R1": 65.0, "R2": 30.0}


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize("form", [as_csv, as_lines])
def test_files_of_one_call_each_count_together(tmp_path, form, rows):
    # The order of their names is that of the archive: nobody answered the first ones.
    members = {f"calls_{call['call_id']}__{form.__name__}": form([call]) for call in RANG + ANSWERED}
    members = {name.replace("as_csv", "csv").replace("as_lines", "jsonl"): data for name, data in members.items()}
    with intake_in(tmp_path, "seizure.tar", as_archive(**members), rows=rows) as made:
        assert made.talk() == TALK


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("name", ["calls.jsonl", "calls.tar"])
def test_a_key_that_comes_late_belongs_to_the_whole_file(tmp_path, name, rows):
    rang = [without(call, "answered_at") for call in RANG]
    lines = as_lines(rang + ANSWERED)
    # A file that never has the key is another table.
    other = as_lines(WITHOUT)
    content = as_archive(calls__jsonl=lines, calls_2__jsonl=other) if name.endswith(".tar") else lines
    with intake_in(tmp_path, name, content, rows=rows) as made:
        assert made.talk() == (TALK | {"W1": 80.0, "W2": 9.0} if name.endswith(".tar") else TALK)


class Steps(NullProgress):
    """Counts what is done in each step."""

    def __init__(self, stop_at=None):
        self.done, self._stop_at = {}, stop_at

    @contextmanager
    def step(self, label, total):
        if label == self._stop_at:
            raise KeyboardInterrupt
        self.done[label] = [0, total]

        def advance(count):
            self.done[label][0] += count

        yield advance


def test_an_exhibit_is_read_again_in_a_step_of_its_own(tmp_path):
    content, steps = as_csv(RANG + ANSWERED), Steps()
    size = [len(content), len(content)]
    with intake_in(tmp_path, "calls.csv", content, rows=1, progress=steps):
        assert steps.done == {"Reading exhibits": size, "Reading exhibits again": size}


@pytest.mark.parametrize(
    "first",
    [
        ANSWERED[1:],
        [a_call("N1", rang=0)],
        [a_call("N2", rang=50, word="ANSWERED")],
    ],
    ids=["answers first", "no duration", "said to be answered"],
)
def test_an_exhibit_is_read_once_where_its_first_rows_were_decided_rightly(tmp_path, first):
    steps = Steps()
    with intake_in(tmp_path, "calls.csv", as_csv([*first, *ANSWERED[:1], *RANG]), rows=1, progress=steps):
        assert set(steps.done) == {"Reading exhibits"}


def test_a_run_that_died_before_the_second_reading_comes_to_the_same(tmp_path):
    for name in ("peace", "killed"):
        (tmp_path / name).mkdir()
    with intake_in(tmp_path / "peace", "calls.csv", as_csv(RANG + ANSWERED), rows=1) as made:
        calm, note = made.calls(), made.note()
    with intake_in(tmp_path / "killed") as made:
        made.add("calls.csv", as_csv(RANG + ANSWERED))
        with pytest.raises(KeyboardInterrupt):
            made.read(rows=1, progress=Steps(stop_at="Reading exhibits again"))
        assert made.store.tables == {}
        made.store = RunStore(made.store.folder)
        made.store.clear_leftovers()
        made.read(rows=1)
        assert (made.calls(), made.note()) == (calm, note)


def plain_talk(tables):
    """Talk times of each call, worked out table by table and row by row."""
    found = {}
    for calls in tables:
        known = any(call.get("answered_at") for call in calls) and any(call.get("ended_at") for call in calls)
        for call in calls:
            found[call["call_id"]] = _plain_talk(call, known)
    return found


def _plain_talk(call, known):
    said, duration = call["disposition"], float(call["duration"])
    if not known or (not call["answered_at"] and said == "ANSWERED"):
        return duration
    if not call["answered_at"]:
        return 0.0
    if not call["ended_at"]:
        return None if said in (None, "ANSWERED") else 0.0
    return float(_second(call["ended_at"]) - _second(call["answered_at"]))


def _second(text):
    hours, minutes, seconds = text.split(" ")[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


@st.composite
def tables_of_calls(draw):
    """Two or three tables: with answers or none, without ends, or without a column of answers at all."""
    tables = []
    for number in range(draw(st.integers(2, 3))):
        left_out = draw(st.sampled_from([(), (), ("answered_at",)]))
        most = draw(st.sampled_from([0, 1, 4]))
        calls = []
        for row in range(draw(st.integers(1, 6))):
            talked = draw(st.integers(1, 90)) if row < most else None
            call = a_call(
                f"T{number}-{row}",
                rang=draw(st.integers(0, 90)),
                talked=talked,
                word=draw(st.sampled_from([None, None, "ANSWERED", "BUSY"])),
            )
            if draw(st.integers(0, 5)) == 0:
                call["ended_at"] = None
            calls.append(without(call, *left_out))
        tables.append(draw(st.permutations(calls)))
    return tables


@pytest.mark.parametrize("form", ["csv", "sqlite", "archive"])
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=tables_of_calls(), rows=st.sampled_from([1, 2, 3, 100]))
def test_talk_times_depend_on_no_cut_and_no_order(tmp_path_factory, form, tables, rows):
    folder = tmp_path_factory.mktemp("seizure")
    if form == "csv":
        name, content, tables = "calls.csv", as_csv(tables[0]), tables[:1]
    elif form == "sqlite":
        name = "site.db"
        content = as_sqlite(folder / "made", **{f"calls_{number}": calls for number, calls in enumerate(tables)})
    else:
        name = "seizure.tar"
        content = as_archive(**{f"calls_{number}__csv": as_csv(calls) for number, calls in enumerate(tables)})
        # Files of one shape count together.
        shaped = {}
        for calls in tables:
            shaped.setdefault("answered_at" in calls[0], []).extend(calls)
        tables = list(shaped.values())
    with intake_in(folder, name, content, rows=rows) as made:
        assert made.talk() == plain_talk(tables)
