"""The reference says of every table and figure which code makes it, and says it truly."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ringback.expressions import ibis
from ringback.pipeline.steps import STEPS
from ringback.schemas import TABLES
from ringback.stages import figures
from ringback.stages.figures import FIGURES

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {table.name: table for table in TABLES}
MADE_BY_STEPS = {step.table.name: step.stage for step in STEPS}


@pytest.fixture
def origins(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    monkeypatch.delitem(sys.modules, "origins", raising=False)
    return import_module("origins")


def rows(page):
    """First cell to the cells behind it, of the tables of a reference page."""
    lines = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
    return {first: others for first, *others in cells}


def is_function(name):
    """Whether a name as a page shows it, such as `stages.calls.calls`, is a function of the program."""
    steps = name.strip("`").split(".")
    at = max(n for n in range(len(steps)) if (ROOT / "src/ringback" / "/".join(steps[:n])).with_suffix(".py").exists())
    found = import_module(".".join(["ringback", *steps[:at]]))
    for step in steps[at:]:
        found = getattr(found, step, None)
    return callable(found)


def test_every_table_has_one_origin(origins):
    assert sorted([*origins.TABLE_ORIGINS, *MADE_BY_STEPS]) == sorted(BY_NAME)


def test_every_table_is_listed_with_functions_that_exist():
    told = rows("how-tables-are-made.md")
    assert set(BY_NAME) <= set(told)
    for table in BY_NAME:
        of, by, _given = told[table]
        assert by
        assert [name for name in by.split(", ") if not is_function(name)] == []
        assert [name for name in of.split(", ") if "_" in name and name not in BY_NAME] == []


def test_every_figure_is_listed_with_its_table_and_a_function_that_exists():
    told = rows("figures.md")
    for figure in FIGURES:
        _unit, _definition, table, by, _rows = told[figure]
        assert table.strip("[").partition("]")[0] in BY_NAME
        assert is_function(by)


def test_names_that_do_not_exist_are_found():
    assert is_function("`stages.calls.calls`")
    assert is_function("`ingest.call_parser.CallTexts.read`")
    assert not is_function("`stages.calls.nobody`")
    assert not is_function("`ingest.call_parser.CallTexts.nobody`")


def asked():
    """(function of stages.figures, table) that `Results.figures` asks for."""
    tree = ast.parse((ROOT / "src/ringback/results/results.py").read_text(encoding="utf-8"))
    (body,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "figures")
    calls = [ast.unparse(node) for node in ast.walk(body) if isinstance(node, ast.Call)]
    pairs = [call.removeprefix("figure_stages.").split("(m.") for call in calls if call.startswith("figure_stages.")]
    return {(name, table.rstrip(")")) for name, table in (pair for pair in pairs if len(pair) == 2)}


def test_figures_are_counted_as_the_reference_says(origins):
    assert list(origins.FIGURE_ORIGINS) == list(FIGURES)
    told = {key: (origin.by[0].__name__, origin.of[0]) for key, origin in origins.FIGURE_ORIGINS.items()}
    queried = {key for key, origin in origins.FIGURE_ORIGINS.items() if origin.by[0].__module__ == figures.__name__}
    assert {told[key] for key in queried} == asked()
    # Others are the rows of a table.
    others = set(FIGURES) - queried
    assert [key for key in others if MADE_BY_STEPS[told[key][1]] is not origins.FIGURE_ORIGINS[key].by[0]] == []
    for name, table in asked():
        expression = ibis.table({column.name: column.type for column in BY_NAME[table].columns}, name=table)
        counted = FIGURES.keys() & set(getattr(figures, name)(expression).columns)
        assert {told[key] for key in counted} <= {(name, table)}
