"""A disk that is full, at any moment of a run: told in words, nothing torn, and the run goes on when there is room."""

import contextlib
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from case_copies import copy_prepared
from cli.conftest import make_run_case
from cli.test_damage import CALLS, SUBJECTS, figure
from engine.full_disk import full_disk
from ringback.case.folder import Case
from ringback.engine.store import RunStore
from ringback.records.audit import AuditLog
from ringback.results import results
from tiers import first_quick

MORE = CALLS.partition("\n")[2]
# What a full disk may be called. SQLite has one word for every failure to write that is not ENOSPC.
TOLD = {"disk_full", "records_unusable"}


def fill_up(monkeypatch, owner, name, *, when=lambda *_words, **_more: True):
    """Have the disk be full while something is done, and only then."""
    usual = getattr(owner, name)

    def full(*words, **more):
        if not when(*words, **more):
            return usual(*words, **more)
        with full_disk(8):
            return usual(*words, **more)

    monkeypatch.setattr(owner, name, full)


def fill_up_within(monkeypatch, table):
    """Have the disk be full while a table is written."""
    usual = RunStore.writing

    @contextmanager
    def full(store, name):
        with full_disk(8) if name == table else contextlib.nullcontext(), usual(store, name) as part:
            yield part

    monkeypatch.setattr(RunStore, "writing", full)


def an_entry(what):
    """Whether it is this entry of the log that is written."""
    return lambda _log, entry, **_more: entry == what


MOMENTS = {
    "the log that it begins": lambda patch: fill_up(patch, AuditLog, "add", when=an_entry("run_started")),
    "what was read": lambda patch: fill_up_within(patch, "parsed_calls.EX-001"),
    "a note on the reading": lambda patch: fill_up(patch, RunStore, "note", when=lambda _s, **of: "reading" in of),
    "the readings": lambda patch: fill_up_within(patch, "readings"),
    "a table of DuckDB's": lambda patch: fill_up_within(patch, "adjusted_rows"),
    "the manifest": lambda patch: fill_up(patch, RunStore, "finish"),
    "the log that it ended": lambda patch: fill_up(patch, AuditLog, "add", when=an_entry("run_finished")),
    "the head beside the log": lambda patch: fill_up(patch, AuditLog, "note_head"),
    "the switch": lambda patch: fill_up(patch, Case, "switch_current"),
    "the report": lambda patch: fill_up(patch, results, "write_private"),
}


@pytest.fixture(scope="module")
def run_case(ringback, tmp_path_factory):
    """A case that was run under another rule; to be copied."""
    case = make_run_case(ringback, tmp_path_factory.mktemp("full"), {"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    (case / "case.toml").write_text((case / "case.toml").read_text().replace("over-a-minute", "over-five-minutes"))
    return case


@pytest.mark.parametrize("moment", first_quick(MOMENTS, 1))
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(ringback, run_case, tmp_path, moment, keys):
    case = copy_prepared(run_case, tmp_path / "case", keys)
    first = (case / "current").read_text()
    with pytest.MonkeyPatch.context() as patch:
        MOMENTS[moment](patch)
        done = ringback("run", case, "--json")
    assert done.code == 2, done.err
    assert done.json["error"] in TOLD, done.json
    assert done.json["retryable"]
    assert "room" in done.json["next_step"]
    # The report comes after the switch.
    if moment != "the report":
        assert (case / "current").read_text() == first
    check_resumed(ringback, case)


def check_resumed(ringback, case):
    """With room again, the run comes to its end, and nothing is torn or left over."""
    again = ringback("run", case, "--json")
    assert again.code == 0, again.out + again.err
    assert figure(again, "calls_total") == 10
    assert ringback("verify", case, "--json").json["differences"] == []
    assert [path for path in case.rglob("*") if path.name.endswith((".part", ".new")) or path.name == ".spill"] == []


def test_an_exhibit_that_does_not_fit_says_how_much_is_needed(ringback, new_case, tmp_path):
    case = new_case({"calls.csv": CALLS})
    (tmp_path / "big.csv").write_text(CALLS + MORE * 2000)
    size = (tmp_path / "big.csv").stat().st_size
    with full_disk(700_000):
        done = ringback("exhibit", "add", case, tmp_path / "big.csv", "--json")
    assert (done.code, done.json["error"]) == (2, "disk_full")
    assert f"{size / 1e6:.1f} MB needed" in done.json["happened"]
    assert "exhibits/big.csv could not be written" in done.json["happened"]
    assert ringback("verify", case, "--json").json["differences"] == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of three megabytes that is really there."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=0700", "ringback-test", str(place)]
    mounted = subprocess.run(words, check=False, capture_output=True, text=True) if os.geteuid() == 0 else None
    if mounted is None or mounted.returncode:
        why = mounted.stderr.strip() if mounted else "only root may"
        pytest.skip(f"NO REAL FULL DISK WAS TRIED: a tmpfs cannot be mounted here ({why})")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_really_full_at_every_size(ringback, run_case, small_disk, keys):
    """From no room at all until the run fits: each time the error is ours, and at the end it goes on."""
    case, filler = small_disk / "case", small_disk / "filler"
    copy_prepared(run_case, case, keys)
    first, told = (case / "current").read_text(), []
    for free_kb in (0, 4, 12, 40, 70, 100, 140, 180, 220, 260, 300, 400, 600):
        _fill(filler, small_disk, spare=free_kb * 1024)
        done = ringback("run", case, "--json")
        filler.unlink()
        if done.code == 0:
            break
        assert done.code == 2, done.err
        told.append(done.json["error"])
        assert told[-1] in TOLD, done.json
        assert ringback("verify", case, "--json").json["differences"] == []
        # The report comes after the switch.
        if "/out/" not in done.json["happened"]:
            assert (case / "current").read_text() == first
    assert len(told) > 3
    check_resumed(ringback, case)


def _fill(filler, disk, *, spare):
    room = shutil.disk_usage(disk).free - spare
    with contextlib.suppress(OSError):
        filler.write_bytes(bytes(max(0, room)))
