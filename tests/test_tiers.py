"""The tiers themselves: small test files of their own, run as `make test` and the rest run this one."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
CONFTEST = """
import pytest
pytest_plugins = ("tiers",)

@pytest.fixture(scope="session")
def postgres():
    return "a server"

@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request):
    return request.param if request.param == "sqlite" else request.getfixturevalue("postgres")

@pytest.fixture
def through_another(postgres):
    return postgres
"""
FILE = """
import subprocess
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

tried = []

def test_plain(): pass
def test_of_a_server(through_another): pass
def test_of_two_places(place): pass
@pytest.mark.slow
def test_slow(): pass

@settings(max_examples=examples(400))
@given(st.integers())
def test_property(number): tried.append(number)
def test_tried_for_the_property(): assert len(tried) == EXPECTED

def test_property_inside():
    count = 0
    @settings(max_examples=examples(150), database=None)
    @given(st.integers())
    def check(number):
        nonlocal count
        count += 1
    check()
    assert count == INSIDE
"""
STARTS = """
import subprocess
import pytest

def start(): subprocess.run(["/nowhere/bin/pg_ctl", "start"])

def test_starts_a_server_unmarked(): start()
def test_starts_it_and_hides_the_error():
    try:
        start()
    except Exception:
        pass
@pytest.mark.postgres
def test_starts_a_server_marked():
    with pytest.raises(FileNotFoundError):
        start()
def test_starts_another_program(): subprocess.run(["true"], check=True)
"""
MARKS = ("quick", "slow", "property", "mariadb", "postgres", "spark", "browser")
QUICK = ("-m", "quick", "--hypothesis-profile", "quick")
REST = ("-m", "not quick or property")


def run(folder, *options, file=FILE, conftest=CONFTEST, **environment):
    """Outcome of each test that ran, by its name; and all that pytest said."""
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_it.py").write_text(file)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n" + "".join(f"  {mark}\n" for mark in MARKS))
    words = [sys.executable, "-m", "pytest", "-v", "--strict-markers", "-p", "no:cacheprovider", *options, "test_it.py"]
    others = {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])} | environment
    done = subprocess.run(words, cwd=folder, env=os.environ | others, capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("test_it.py::")]
    return {words[0].partition("::")[2]: words[1] for words in lines}, done.stdout


def test_the_quick_tier_starts_nothing_and_tries_few_examples(tmp_path):
    file = FILE.replace("EXPECTED", "40").replace("INSIDE", "15")
    outcomes, _said = run(tmp_path, *QUICK, file=file)
    assert outcomes == dict.fromkeys(
        (
            "test_plain",
            "test_of_two_places[sqlite]",
            "test_property",
            "test_tried_for_the_property",
            "test_property_inside",
        ),
        "PASSED",
    )


def test_the_rest_is_all_that_is_not_quick_and_every_property_with_all_its_examples(tmp_path):
    file = FILE.replace("EXPECTED", "400").replace("INSIDE", "150")
    outcomes, _said = run(tmp_path, *REST, file=file)
    assert outcomes == dict.fromkeys(
        ("test_of_a_server", "test_of_two_places[postgres]", "test_slow", "test_property", "test_property_inside"),
        "PASSED",
    )


def test_a_test_that_starts_a_part_without_its_mark_fails_in_every_tier(tmp_path):
    for options in ((), ("-m", "quick")):
        outcomes, said = run(tmp_path, *options, file=STARTS)
        assert outcomes.pop("test_starts_another_program") == "PASSED"
        assert outcomes.pop("test_starts_a_server_marked", "PASSED") == "PASSED"
        assert outcomes == {"test_starts_a_server_unmarked": "FAILED", "test_starts_it_and_hides_the_error": "FAILED"}
        assert "starts pg_ctl: let it use the fixture or the mark `postgres`" in said


SKIPS = """
import pytest
def test_of_a_server(postgres): pass
def test_other(): pytest.skip("not here")
"""


@pytest.mark.parametrize(("asked", "outcome"), [("", "SKIPPED"), ("1", "FAILED")])
def test_a_part_that_is_missing_fails_where_everything_is_asked_for(tmp_path, asked, outcome):
    conftest = CONFTEST.replace('return "a server"', 'pytest.skip("no server")')
    outcomes, _said = run(tmp_path, file=SKIPS, conftest=conftest, RINGBACK_REQUIRE_ALL=asked)
    found = Counter(word if word != "ERROR" else "FAILED" for word in outcomes.values())
    assert found == Counter([outcome, "SKIPPED"])


def test_quick_tests_that_take_long_are_named_and_do_not_fail(tmp_path):
    conftest = CONFTEST + "\nimport tiers\ntiers.LONG_SECONDS = 0.2\n"
    file = "import time\nimport pytest\ndef test_long(): time.sleep(0.3)\ndef test_short(): pass\n"
    file += "@pytest.mark.slow\ndef test_slow(): time.sleep(0.3)\n"
    outcomes, said = run(tmp_path, file=file, conftest=conftest)
    assert set(outcomes.values()) == {"PASSED"}
    told = said.partition("quick tests that took more than 0.2 seconds")[2]
    assert "test_it.py::test_long" in told
    assert "test_short" not in told
    assert "test_slow" not in told
