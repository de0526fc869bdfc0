"""What holds for every argument and option of every command."""

import ast
from pathlib import Path

import pytest

from ringback import cli

SOURCES = sorted(Path(cli.__file__).parent.glob("*.py"))


def path_parameters(source):
    """The calls of typer.Argument and typer.Option that stand beside an annotation with Path in it."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated":
            annotation, told = node.slice.elts[:2]
            if "Path" in ast.unparse(annotation) and ast.unparse(told).startswith("typer."):
                yield told


def test_paths_are_found():
    assert sum(len(list(path_parameters(source))) for source in SOURCES) > 15


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_path_is_refused_before_the_command_can_say_what_is_wrong_with_it(source):
    left = [ast.unparse(one) for one in path_parameters(source) if "readable=False" not in ast.unparse(one)]
    assert left == []
