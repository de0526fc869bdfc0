"""Docstrings of the program: what they call an argument or an attribute is one."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ringback"
SECTION = r"^{}:\n((?:    .*\n|[ ]*\n)+)"
ENTRY = re.compile(r"^    (\*{0,2}\w+(?:, \*{0,2}\w+)*):(?:\s|$)", re.MULTILINE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def arguments(node):
    """Names of a function's arguments; of a class those of its constructor, and its fields."""
    if isinstance(node, FUNCTIONS):
        given = node.args
        every = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
        return {one.arg for one in every if one} - {"self", "cls"}
    return fields(node).union(*(arguments(one) for one in node.body if getattr(one, "name", "") == "__init__"))


def fields(node):
    return {one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)}


def attributes(node):
    """Names of a class's fields and properties, and of what its methods set."""
    made = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)}
    return fields(node) | made | {one.name for one in node.body if isinstance(one, FUNCTIONS)}


def documented(node, section):
    """Names in a section of the docstring of a function or class."""
    found = re.search(SECTION.format(section), (ast.get_docstring(node) or "") + "\n", re.MULTILINE)
    return {name.lstrip("*") for names in ENTRY.findall(found[1] if found else "") for name in names.split(", ")}


def strangers(text):
    """Documented names that are none."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            names = documented(node, "Args") - arguments(node)
            if isinstance(node, ast.ClassDef):
                names |= documented(node, "Attributes") - attributes(node)
            yield from (f"line {node.lineno}: {node.name} has no {name}" for name in sorted(names))


def test_every_documented_argument_and_attribute_is_one():
    paths = sorted(SOURCE.rglob("*.py"))
    found = {str(path.relative_to(SOURCE)): list(strangers(path.read_text(encoding="utf-8"))) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        'def f(raw, *more):\n    """F.\n\n    Args:\n        raw, *more: Texts.\n        x: One.\n    """',
        'class f:\n    """F.\n\n    Attributes:\n        y: One.\n        x: One.\n    """\n    y: int',
    ],
)
def test_a_documented_name_that_is_none_is_found(text):
    assert list(strangers(text)) == ["line 1: f has no x"]
