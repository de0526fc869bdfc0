"""The tiers of the tests. What a test starts decides its tier; no list of tests is kept by hand.

A test that uses the fixture `postgres` is a `postgres` test, and so for every part in PARTS. A test that starts no part
and is not marked `slow` is `quick`. A test that starts a part without being marked for it fails: so no server, Spark or
browser can slip into the quick tier.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

# Each part is the name of a fixture and of a mark; its programs are those that a test without the mark may not start.
PARTS = {
    "mariadb": {"mariadbd", "mysqld", "mariadb-install-db", "mariadb-dump", "mysqldump"},
    "postgres": {"postgres", "initdb", "pg_ctl", "pg_basebackup", "pg_dump"},
    "spark": {"java", "spark-submit"},
    "browser": {"chromium", "node"},
    "nginx": {"nginx"},
}
# A test function that names one of these tries examples of Hypothesis inside.
PROPERTY_NAMES = {"given", "run_state_machine_as_test"}
# In the quick tier a property tries a tenth of its examples, and no fewer than these. The default profile is `full`.
FEWEST_EXAMPLES = 5
# A quick test that takes longer is named at the end of the run.
LONG_SECONDS = 3

# CI tries the same examples each time, so that it judges the change and not its luck. Elsewhere they are drawn anew.
_FIXED = bool(os.environ.get("RINGBACK_FIXED_EXAMPLES"))
settings.register_profile("full", deadline=None, derandomize=_FIXED)
settings.register_profile("quick", deadline=None, derandomize=_FIXED, max_examples=settings.default.max_examples // 10)
settings.load_profile("full")


def examples(count: int) -> int:
    """How many examples a property that wants `count` of them gets under the profile that is loaded."""
    return max(FEWEST_EXAMPLES, count // 10) if settings.get_current_profile_name() == "quick" else count


def first_quick(values: Iterable[object], count: int = 2) -> list[object]:
    """Values for `parametrize`, of which all but the first few are slow; a tuple is one value for each name."""
    few, many = list(values)[:count], list(values)[count:]
    return few + [pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow) for one in many]


def tier_of(item: pytest.Item) -> set[str]:
    """The marks of an item that say what it needs; none for a quick test."""
    return {mark.name for mark in item.iter_markers()} & {*PARTS, "slow"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test by what it needs, before `-m` chooses among them. What needs Spark comes first and together:

    of several workers one starts Spark, and the others take the rest.
    """
    for item in items:
        for part in PARTS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(part)
        if _is_property(getattr(item, "obj", None)):
            item.add_marker("property")
        if not tier_of(item):
            item.add_marker("quick")
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)


def _is_property(test: object) -> bool:
    code = getattr(test, "__code__", None)
    return is_hypothesis_test(test) or bool(code and PROPERTY_NAMES & set(code.co_names))


class Guard:
    """Refuses to start a part for a test that is not marked for it. Teardown may stop what another test started."""

    def __init__(self) -> None:
        self.running: pytest.Item | None = None
        sys.addaudithook(self._on_event)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.running = item
        try:
            return (yield)
        finally:
            self.running = None

    pytest_runtest_call = pytest_runtest_setup

    def _on_event(self, event: str, arguments: tuple) -> None:
        if event != "subprocess.Popen" or self.running is None:
            return
        program = Path(os.fsdecode(arguments[0])).name
        for part, programs in PARTS.items():
            if program in programs and part not in tier_of(self.running):
                pytest.fail(f"{self.running.nodeid} starts {program}: let it use the fixture or the mark `{part}`")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where CI asks for everything, a real server or browser that is missing is a failure and not a skip."""
    report = yield
    if report.skipped and os.environ.get("RINGBACK_REQUIRE_ALL") and tier_of(item) - {"slow"}:
        report.outcome = "failed"
        report.longrepr = f"RINGBACK_REQUIRE_ALL is set, and this was skipped: {report.longrepr}"
    return report


def pytest_configure(config):
    config.pluginmanager.register(Guard(), "tiers-guard")


def pytest_terminal_summary(terminalreporter):
    """Name the quick tests that take long. A time is no failure: the machine may be busy."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and "quick" in report.keywords:
                seconds[report.nodeid] += report.duration
    long = [(taken, name) for name, taken in seconds.items() if taken > LONG_SECONDS]
    if long:
        terminalreporter.section(f"quick tests that took more than {LONG_SECONDS} seconds")
        for taken, name in sorted(long, reverse=True):
            terminalreporter.write_line(f"{taken:6.1f} s  {name}")
