"""How many tests are in which tier: python tools/count_tests.py QUICK REST, each an expression of pytest's -m.

Collects all tests, and those of either expression, and compares: together they must be all, and only tests that
Hypothesis feeds may be in both. Exits with 1 where a test is lost, or would run twice.
"""

import contextlib
import io
import multiprocessing
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

NEEDS = ("mariadb", "postgres", "spark", "browser", "nginx", "slow")


class Collected:
    """Keeps what pytest collects: test to its marks."""

    def __init__(self) -> None:
        self.marks: dict[str, set[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called by pytest when it has chosen its tests."""
        for item in session.items:
            assert item.nodeid not in self.marks, f"two tests are called {item.nodeid}"
            self.marks[item.nodeid] = {mark.name for mark in item.iter_markers()}


def collect(*options: str) -> dict[str, set[str]]:
    """The tests that pytest chooses with these options, with their marks. Once in a process: pytest keeps ids."""
    found, told = Collected(), io.StringIO()
    with contextlib.redirect_stdout(told):
        code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *options], plugins=[found])
    if code != pytest.ExitCode.OK:
        sys.exit(told.getvalue()[-2_000:])
    return found.marks


def folder_of(test: str) -> str:
    """The folder under which a test is counted."""
    parts = Path(test.partition("::")[0]).parts[:-1]
    return "/".join(parts[:2])


def main(quick_words: str, rest_words: str) -> int:
    """Print the counts; what to exit with."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        chosen = [pool.submit(collect, *options) for options in ((), ("-m", quick_words), ("-m", rest_words))]
        every, quick, rest = (one.result() for one in chosen)
    print(f"{'':28}{'quick':>8}{'the rest':>10}{'all':>8}")
    folders = {name: Counter(map(folder_of, tests)) for name, tests in (("quick", quick), ("all", every))}
    for folder, count in sorted(folders["all"].items()):
        print(f"{folder:28}{folders['quick'][folder]:8,}{count - folders['quick'][folder]:10,}{count:8,}")
    print(f"{'together':28}{len(quick):8,}{len(every) - len(quick):10,}{len(every):8,}\n")
    needs = Counter(need for marks in every.values() for need in marks & set(NEEDS))
    print(f"of the rest, a test may count under several: {', '.join(f'{needs[need]:,} {need}' for need in NEEDS)}")
    twice = quick.keys() & rest.keys()
    print(f"quick, and once more with all examples: {len(twice):,}")
    lost, other = every.keys() - quick.keys() - rest.keys(), [one for one in twice if "property" not in every[one]]
    for words, tests in (("in no tier", lost), ("in both tiers, and no property", other)):
        for test in sorted(tests):
            print(f"{words}: {test}")
    return 1 if lost or other else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
