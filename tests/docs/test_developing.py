"""The pages for developers: every path, name, test, recipe and piece of code that they show is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "explanation" / "the-house.md",
    *sorted((ROOT / "docs" / "developing").glob("*.md")),
]
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:src|tests|docs|benchmarks|tools)/[\w./-]*|\.?[\w-]+\.(?:md|toml)|\.importlinter|\.ci/run")
# `path`: `name`, `name`
NAMES = re.compile(r"`([\w./-]+\.py)`: ((?:`[\w.]+`(?:, )?)+)")
# `name` and `name` in `path`; `name` of `path`; as `name` does in `path`
NAMES_BEFORE = re.compile(r"((?:`[\w.]+`(?:,| and| or)\s+)*`[\w.]+`)(?:\s+does)?\s+(?:in|of)\s+`([\w./-]+\.py)`")


def page_id(path):
    return str(path.relative_to(ROOT))


def prose(page):
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def lost_paths(text):
    """Paths in code spans that lead nowhere; case.toml is a user's."""
    named = [span for span in SPAN.findall(text) if PATH.fullmatch(span) and span != "case.toml"]
    return [path for path in named if not (ROOT / path).exists()]


@cache
def names_in(path):
    """Functions, classes, methods and constants of a module; methods with their class before them."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        found |= {node.name} if hasattr(node, "name") else set()
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {one.id for one in targets if isinstance(one, ast.Name)}
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if hasattr(one, "name")}
    return found


def told_names(text):
    """(path, name) of each name that a page says to be in a module."""
    told = NAMES.findall(text) + [(path, spans) for spans, path in NAMES_BEFORE.findall(text)]
    return [(path, name) for path, spans in told for name in SPAN.findall(spans)]


def lost_names(text):
    """Those of them that the module does not have."""
    return [(path, name) for path, name in told_names(text) if name not in names_in(path)]


@cache
def every_test():
    """The names of all tests."""
    paths = (ROOT / "tests").rglob("test_*.py")
    return {name for path in paths for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)}


def lost_tests(text):
    return [span for span in SPAN.findall(text) if re.fullmatch(r"test_\w+", span) and span not in every_test()]


def typed_tests(page):
    """(path, name) of each test that a command line runs."""
    return re.findall(r"-m pytest (\S+?)::(\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


@cache
def every_line():
    """The lines of all Python files, without what stands before and behind them."""
    paths = [path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py")]
    return {path: [line.strip() for line in path.read_text(encoding="utf-8").splitlines()] for path in paths}


def shown_code(page):
    """The pieces of each Python block; `...` stands for lines that were left out."""
    for _indent, language, body in FENCED.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            pieces = re.split(r"^ *\.\.\.\n", body, flags=re.MULTILINE)
            yield [[line.strip() for line in piece.splitlines()] for piece in pieces]


def is_in_a_file(pieces):
    """Whether some file has all pieces."""
    return any(
        all(any(lines[at : at + len(piece)] == piece for at in range(len(lines))) for piece in pieces)
        for lines in every_line().values()
        if all(piece[0] in lines for piece in pieces)
    )


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_path_that_is_named_is_there(page):
    assert lost_paths(prose(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_name_is_in_the_file_where_it_is_said_to_be(page):
    assert lost_names(prose(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_test_that_is_named_is_there(page):
    assert lost_tests(prose(page)) == []
    assert [one for one in typed_tests(page) if one[1] not in (ROOT / one[0]).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_recipe_that_is_named_is_in_the_makefile(page):
    recipes = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^    )make ([\w-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) - recipes == set()


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_code_that_is_shown_stands_in_the_program(page):
    assert [pieces for pieces in shown_code(page) if not is_in_a_file(pieces)] == []


def test_the_pages_show_paths_names_tests_and_code():
    text = "".join(map(prose, PAGES))
    assert len([span for span in SPAN.findall(text) if PATH.fullmatch(span)]) > 100
    assert len(NAMES.findall(text)) > 20
    assert len(NAMES_BEFORE.findall(text)) > 25
    assert any(map(typed_tests, PAGES))
    assert len([pieces for page in PAGES for pieces in shown_code(page)]) > 10


def test_every_page_is_named_in_contributing():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pages = [page_id(page) for page in PAGES[2:]]
    assert len(pages) >= 8
    assert [page for page in pages if f"]({page})" not in contributing] == []


def test_what_is_lost_is_found():
    assert lost_paths("`src/ringback/nothing.py` `src/ringback/clock.py` `case.toml` `other.toml`") == [
        "src/ringback/nothing.py",
        "other.toml",
    ]
    told = "`src/ringback/clock.py`: `Clock`, `Clock.now`, `Clock.then`; `src/ringback/keys.py`: `Nobody`"
    assert lost_names(told) == [("src/ringback/clock.py", "Clock.then"), ("src/ringback/keys.py", "Nobody")]
    told = "`Clock`, `Then` and `Clock.now` in `src/ringback/clock.py`, as `Never` does in\n `src/ringback/clock.py`"
    told += "; `No` of `src/ringback/keys.py`"
    assert lost_names(told) == [
        ("src/ringback/clock.py", "Then"),
        ("src/ringback/clock.py", "Never"),
        ("src/ringback/keys.py", "No"),
    ]
    assert lost_tests("`test_what_is_lost_is_found` `test_nobody_wrote`") == ["test_nobody_wrote"]
    assert not is_in_a_file([["def talk_seconds("], ["def nobody_wrote(this): ..."]])
