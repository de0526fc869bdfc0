"""The tables of a run: whole or not at all, and found out when they are no longer what was saved."""

import json
import os
import stat
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.full_disk import full_disk
from ringback.engine.store import RunStore
from ringback.errors import RingbackError

THREE = pa.table({"number": [1, 2, 3]})
FOUR = pa.table({"number": [1, 2, 3, 4]})


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "run")


def write_half(store, error):
    with store.writing("calls") as part:
        pq.write_table(FOUR, part)
        raise error


def files(store):
    return sorted(path.name for path in store.folder.iterdir())


def test_a_saved_table_is_there_with_its_rows_and_size(store):
    store.save_rows("calls", THREE)
    assert store.has("calls")
    assert store.tables["calls"].rows == 3
    assert store.tables["calls"].bytes == store.path("calls").stat().st_size
    assert pq.read_table(store.path("calls")) == THREE
    assert files(store) == ["calls.parquet", "finished.json"]


def test_a_table_never_saved_is_not_there(store):
    assert not store.has("calls")
    pq.write_table(THREE, store.path("calls"))
    assert not store.has("calls")


def test_the_folder_is_its_owners_alone(store):
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_another_process_finds_what_was_saved_and_noted(store):
    store.save_rows("calls", THREE)
    store.note(reading=[{"exhibit": "EX-001"}])
    again = RunStore(store.folder)
    assert again.has("calls")
    assert again.tables == store.tables
    assert again.facts == {"reading": [{"exhibit": "EX-001"}]}
    assert not again.is_finished


def test_a_write_that_is_interrupted_leaves_nothing(store):
    with pytest.raises(KeyboardInterrupt):
        write_half(store, KeyboardInterrupt)
    assert files(store) == []
    assert not store.has("calls")


def test_a_write_that_is_interrupted_leaves_the_table_that_was_there(store):
    store.save_rows("calls", THREE)
    with pytest.raises(ZeroDivisionError):
        write_half(store, ZeroDivisionError)
    assert store.has("calls")
    assert store.find_damage() == []
    assert pq.read_table(store.path("calls")) == THREE


def test_a_process_killed_while_writing_leaves_no_table_and_hinders_no_later_run(store):
    program = (
        "import os, sys; from pathlib import Path; from ringback.engine.store import RunStore\n"
        "with RunStore(Path(sys.argv[1])).writing('calls') as part:\n"
        "    part.write_bytes(b'PAR1 and then'); os.kill(os.getpid(), 9)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(store.folder)], env=environment, check=False, capture_output=True
    )
    assert done.returncode == -9, done.stderr
    again = RunStore(store.folder)
    assert not again.has("calls")
    again.save_rows("calls", THREE)
    assert again.has("calls")
    assert files(again) == ["calls.parquet", "finished.json"]


def test_a_table_saved_again_takes_the_place_of_the_first(store):
    store.save_rows("calls", THREE)
    store.save_rows("calls", FOUR)
    assert RunStore(store.folder).tables["calls"].rows == 4
    assert store.find_damage() == []


def test_every_damaged_table_is_found_and_no_other(store):
    for name in ("calls", "flipped", "cut", "gone"):
        store.save_rows(name, THREE)
    flipped = bytearray(store.path("flipped").read_bytes())
    flipped[len(flipped) // 2] ^= 1
    store.path("flipped").write_bytes(flipped)
    store.path("cut").write_bytes(store.path("cut").read_bytes()[:-1])
    store.path("gone").unlink()
    again = RunStore(store.folder)
    assert again.find_damage() == ["flipped", "cut", "gone"]
    # A run that goes on asks for the size alone; a run that is taken as finished is checked to the byte.
    assert [name for name in again.tables if again.has(name)] == ["calls", "flipped"]


def test_a_run_is_finished_when_its_manifest_is_written(store):
    store.save_rows("calls", THREE)
    assert not store.is_finished
    store.finish(rule="over-a-minute@1")
    again = RunStore(store.folder)
    assert again.is_finished
    assert again.facts["rule"] == "over-a-minute@1"
    assert again.facts["finished_at"].endswith("+00:00")
    manifest = json.loads((store.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"]["calls"]["rows"] == 3


def test_a_table_whose_place_is_taken_is_unwritable(store):
    store.path("calls").mkdir()
    with pytest.raises(RingbackError) as caught:
        store.save_rows("calls", THREE)
    assert caught.value.code == "output_unwritable"
    assert caught.value.facts["path"] == store.path("calls")
    assert files(store) == ["calls.parquet"]
    assert not store.has("calls")


def test_a_full_disk_is_unwritable_and_leaves_nothing(store):
    with full_disk(100), pytest.raises(RingbackError) as caught:
        store.save_rows("calls", pa.table({"number": list(range(10_000))}))
    assert caught.value.code == "disk_full"
    assert caught.value.retryable
    assert "files may not grow any larger there" in str(caught.value)
    assert "free)" in str(caught.value)
    assert files(store) == []


@pytest.mark.parametrize("write", ["note", "finish"])
def test_a_disk_too_full_for_the_manifest_is_unwritable_and_spoils_nothing(store, write):
    store.save_rows("calls", THREE)
    with full_disk(10), pytest.raises(RingbackError) as caught:
        getattr(store, write)(rule="over-a-minute@1")
    assert caught.value.code == "disk_full"
    again = RunStore(store.folder)
    assert again.has("calls")
    assert not again.is_finished
    assert files(again) == ["calls.parquet", "finished.json"]
