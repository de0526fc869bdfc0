"""The case folder: settings are checked, a newer one is refused, one run holds the lock."""

import subprocess
import sys
import time
from datetime import date

import pytest

from ringback.case.folder import create_case, lock_run, open_case
from ringback.errors import RingbackError


@pytest.fixture
def case(tmp_path):
    return create_case(
        tmp_path / "case", name='Operation "Example" ☎', first_day=date(2020, 12, 1), last_day=date(2022, 11, 24)
    )


def edit(case, old, new):
    text = case.toml.read_text()
    assert old in text
    case.toml.write_text(text.replace(old, new))


def test_what_was_made_can_be_opened(case):
    found = open_case(case.path)
    assert found.settings == case.settings
    assert found.settings.name == 'Operation "Example" ☎'
    assert found.settings.dial_plan == {"home_regions": ["GB", "US"], "bare_international": True}


def test_a_case_is_not_made_twice(case):
    with pytest.raises(RingbackError) as caught:
        create_case(case.path, name="again")
    assert caught.value.code == "case_exists"


def test_a_newer_format_is_refused_and_nothing_changes(case):
    edit(case, "format = 1", "format = 2")
    before = case.toml.read_text()
    with pytest.raises(RingbackError, match="newer ringback") as caught:
        open_case(case.path)
    assert "update ringback" in caught.value.next_step
    assert case.toml.read_text() == before


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"Europe/London"', '"Europe/Londres"', "time_zone"),
        ("2020-12-01", '"2020-12-01"', "first_day"),
        ("2022-11-24", "2019-01-01", "last_day"),
        ("2022-11-24", "9999-12-31", "last_day"),
        ("2020-12-01", "0001-01-01", "first_day"),
        ("[rules]", "[rulez]", "rulez"),
        ("format = 1", "format = 1\ncolour = 1", "colour"),
    ],
)
def test_a_bad_setting_is_named(case, old, new, field):
    edit(case, old, new)
    with pytest.raises(RingbackError) as caught:
        open_case(case.path)
    assert caught.value.code == "case_setting_bad"
    assert field in str(caught.value)
    assert "case.toml" in str(caught.value)


def test_all_bad_settings_are_named_at_once(case):
    edit(case, '"Europe/London"', '"Mars"')
    edit(case, "2020-12-01", "0")
    with pytest.raises(RingbackError) as caught:
        open_case(case.path)
    assert "time_zone" in str(caught.value)
    assert "first_day" in str(caught.value)


def test_broken_toml_is_a_ringback_error(case):
    case.toml.write_text("format = ")
    with pytest.raises(RingbackError) as caught:
        open_case(case.path)
    assert caught.value.code == "case_setting_bad"


def test_a_second_run_gets_a_clear_error_and_the_lock_ends_with_its_process(case):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from ringback.case.folder import open_case, lock_run\n"
            "with lock_run(open_case(sys.argv[1])): print('held', flush=True); time.sleep(60)",
            str(case.path),
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RingbackError, match=f"process {holder.pid}") as caught, lock_run(case):
            pass
        assert caught.value.code == "case_busy"
        assert caught.value.retryable
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    for _ in range(50):
        try:
            with lock_run(case):
                return
        except RingbackError:
            time.sleep(0.1)
    pytest.fail("the lock outlived its process")


def test_current_is_switched_in_one_step(case):
    assert case.find_current_run() is None
    with pytest.raises(RingbackError) as caught:
        case.get_current_run()
    assert caught.value.code == "run_none"
    case.switch_current("first")
    case.switch_current("second")
    assert case.find_current_run() == "second"
    assert case.get_current_run() == case.runs_dir / "second"


def precious(tmp_path):
    path = tmp_path / "precious"
    path.write_text("precious")
    return path


def is_refused_as_a_link(function, *arguments):
    with pytest.raises(RingbackError) as caught:
        function(*arguments)
    return caught.value.code == "file_linked"


def take_lock(case):
    with lock_run(case):
        pass


def test_the_lock_is_never_taken_through_a_link(case, tmp_path):
    """The file behind the link would be emptied."""
    kept = precious(tmp_path)
    (case.path / ".run.lock").symlink_to(kept)
    assert is_refused_as_a_link(take_lock, case)
    assert kept.read_text() == "precious"
    (case.path / ".run.lock").unlink()
    (case.path / ".run.lock").symlink_to(tmp_path / "nowhere")
    assert is_refused_as_a_link(take_lock, case)
    assert not (tmp_path / "nowhere").exists()


def test_nothing_is_written_through_a_link_that_waits_under_a_known_name(case, tmp_path):
    kept = precious(tmp_path)
    for name, write in (
        (".current.new", lambda: case.switch_current("first")),
        (".case.toml.new", lambda: case.continue_exhibit("EX-002", "EX-001")),
    ):
        (case.path / name).symlink_to(kept)
        assert is_refused_as_a_link(write), name
        assert kept.read_text() == "precious"
    assert case.find_current_run() is None
