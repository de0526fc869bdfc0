"""Cases with and without staff, copied for each test, since making one takes longer than most tests."""

import shutil
from dataclasses import replace

import pytest

from alerting.sending_case import make_sending_case, provider_template
from fast_clock import FastClock
from notify_standin import NotifyStandin
from ringback.case.case_file import open_case_file
from ringback.settings import Settings
from staff_members import make_staff, make_staff_case
from still_clock import StillClock


@pytest.fixture(scope="session")
def _bare_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    make_staff_case(folder).records.dispose()
    return folder


@pytest.fixture(scope="session")
def _staffed_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staffed")
    case_file = make_staff_case(folder)
    made = make_staff(case_file, {"alice": "planner", "bob": "approver", "vera": "viewer"})
    case_file.records.dispose()
    return folder, made


@pytest.fixture
def staff_case(request, tmp_path):
    """A case; with staff where the test takes `tokens` too."""
    staffed = "tokens" in request.fixturenames
    prepared = request.getfixturevalue("_staffed_folder")[0] if staffed else request.getfixturevalue("_bare_folder")
    shutil.copytree(prepared, tmp_path / "prepared")
    folder = tmp_path / "prepared"
    opened = open_case_file(folder / "case", settings=Settings(keys_dir=folder / "keys"))
    yield replace(opened, clock=StillClock())
    opened.records.dispose()


@pytest.fixture
def tokens(_staffed_folder):
    """Session tokens of alice (planner), bob (approver), vera (viewer) and the two administrators."""
    return dict(_staffed_folder[1])


@pytest.fixture
def clock(request):
    """A clock that runs FACTOR times as fast; the test's module sets FACTOR."""
    return FastClock(request.module.FACTOR)


@pytest.fixture
def standin(clock):
    """The provider's stand-in, on that clock."""
    with NotifyStandin(clock, seed=1, template_body=provider_template()) as made:
        yield made


@pytest.fixture
def case_file(tmp_path, clock):
    """An empty case, on that clock."""
    (tmp_path / "keys").mkdir(mode=0o700)
    made = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    yield made
    made.records.dispose()
