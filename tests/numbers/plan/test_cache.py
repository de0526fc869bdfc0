"""The cache of the number plan: what is in it is what would be compiled, or it is made again."""

import random
import stat

import numpy as np
import phonenumbers
import pytest

from ringback.numbers import plan as plan_module
from ringback.numbers.plan import number_plan, open_plan
from ringback.numbers.plan.cache import load_plan, save_plan
from ringback.numbers.plan.compiler import compile_plan
from ringback.numbers.plan.intervals import NumberPlan
from ringback.settings import cache_dir, load_settings


@pytest.fixture
def small_plan():
    return NumberPlan(
        np.array([-(2**63), 1, 441, 442, 10**18], np.int64),
        np.array([-2, -1, 0, -1, -2], np.int16),
        (("mobile", "GB"),),
    )


@pytest.fixture
def compiled(monkeypatch, small_plan):
    """Every time that a plan is compiled, which then takes no time."""
    times = []

    def compile_quickly():
        times.append(1)
        return small_plan

    monkeypatch.setattr(plan_module, "compile_plan", compile_quickly)
    return times


def same(one, other):
    return (
        one.outcomes == other.outcomes
        and (one.starts == other.starts).all()
        and (one.outcome_codes == other.outcome_codes).all()
        and one.starts.dtype == other.starts.dtype
        and one.outcome_codes.dtype == other.outcome_codes.dtype
    )


def the_file(folder):
    (file,) = folder.iterdir()
    return file


def test_the_plan_of_this_process_is_what_is_compiled_now():
    assert same(number_plan(), compile_plan())


def test_a_plan_is_compiled_once(tmp_path, compiled, small_plan):
    assert same(open_plan(tmp_path / "new" / "folder"), small_plan)
    assert same(open_plan(tmp_path / "new" / "folder"), small_plan)
    assert len(compiled) == 1


def test_the_cache_is_its_owners_alone(tmp_path, small_plan):
    save_plan(small_plan, tmp_path / "cache")
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert stat.S_IMODE(the_file(tmp_path / "cache").stat().st_mode) == 0o600


def test_other_metadata_are_compiled_again(tmp_path, compiled, monkeypatch):
    open_plan(tmp_path)
    monkeypatch.setattr(phonenumbers, "__version__", "99.0.1")
    open_plan(tmp_path)
    open_plan(tmp_path)
    assert len(compiled) == 2
    assert sorted(file.name.split("-")[2] for file in tmp_path.iterdir())[1] == "99.0.1"


def test_the_file_of_other_metadata_under_this_name_is_not_taken(tmp_path, compiled, monkeypatch):
    open_plan(tmp_path)
    name = the_file(tmp_path)
    monkeypatch.setattr(phonenumbers, "__version__", "99.0.1")
    open_plan(tmp_path)
    other = next(file for file in tmp_path.iterdir() if file != name)
    name.replace(other)
    assert load_plan(tmp_path) is None


def test_another_compiler_compiles_again(tmp_path, compiled, monkeypatch):
    open_plan(tmp_path)
    monkeypatch.setattr("ringback.numbers.plan.cache._compiler_digest", lambda: "f" * 64)
    open_plan(tmp_path)
    assert len(compiled) == 2


@pytest.mark.parametrize("damage", [b"", b"no zip", b"PK\x03\x04" + b"\x00" * 100])
def test_a_damaged_file_is_made_again(tmp_path, compiled, small_plan, damage):
    open_plan(tmp_path)
    the_file(tmp_path).write_bytes(damage)
    assert same(open_plan(tmp_path), small_plan)
    assert len(compiled) == 2
    assert same(load_plan(tmp_path), small_plan), "and mended"


def test_any_damaged_byte_is_noticed_or_harmless(tmp_path, small_plan):
    save_plan(small_plan, tmp_path)
    file = the_file(tmp_path)
    whole = file.read_bytes()
    rng = random.Random(1)
    noticed = 0
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= rng.randrange(1, 256)
        file.write_bytes(damaged)
        loaded = load_plan(tmp_path)
        noticed += loaded is None
        assert loaded is None or same(loaded, small_plan)
    for length in range(0, len(whole), 97):
        file.write_bytes(whole[:length])
        assert load_plan(tmp_path) is None
    assert noticed > 100


def test_pickles_are_never_read(tmp_path, small_plan):
    save_plan(small_plan, tmp_path)
    with the_file(tmp_path).open("wb") as file:
        np.savez(file, starts=np.array([print, 1], object), outcome_codes=small_plan.outcome_codes)
    assert load_plan(tmp_path) is None


def test_a_file_that_others_may_write_is_not_taken(tmp_path, small_plan):
    save_plan(small_plan, tmp_path)
    assert load_plan(tmp_path) is not None
    the_file(tmp_path).chmod(0o620)
    assert load_plan(tmp_path) is None


def test_somebody_elses_file_is_not_taken(tmp_path, small_plan, monkeypatch):
    save_plan(small_plan, tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    assert load_plan(tmp_path) is None


def test_a_link_is_not_followed(tmp_path, small_plan):
    save_plan(small_plan, tmp_path)
    file = the_file(tmp_path)
    elsewhere = tmp_path.parent / "elsewhere.npz"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert load_plan(tmp_path) is None


def test_where_nothing_can_be_written_the_plan_is_compiled_each_time(tmp_path, compiled, small_plan):
    (tmp_path / "file").write_text("in the way")
    assert same(open_plan(tmp_path / "file" / "cache"), small_plan)
    assert same(open_plan(tmp_path / "file" / "cache"), small_plan)
    assert len(compiled) == 2


def test_a_write_that_fails_leaves_nothing(tmp_path, small_plan, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ringback.files.cache_files.Path.replace", full)
    save_plan(small_plan, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("RINGBACK_CACHE", str(tmp_path / "a"))
    assert load_settings().cache_dir == tmp_path / "a"
    monkeypatch.delenv("RINGBACK_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert load_settings().cache_dir == tmp_path / "b" / "ringback"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings().cache_dir == tmp_path / ".cache" / "ringback"


def test_an_account_without_a_home_keeps_nothing(monkeypatch, compiled, small_plan):
    def unknown(_uid):
        raise KeyError("uid not found")

    for name in ("RINGBACK_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert same(open_plan(cache_dir()), small_plan)
