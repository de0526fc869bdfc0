"""Machine code that was kept is that of the source as it stands."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ringback.jit import LOOPS_IN
from ringback.program.source import FOLDER

# A loop, and in another file what it calls and what is compiled into it.
LOOP = """
from ringback.jit import compiled
from ringback.numbers.lender import FACTOR, more

@compiled
def answer(number):
    return more(number) * FACTOR
"""
LENDER = """
from ringback.jit import compiled

FACTOR = {factor}

@compiled
def more(number):
    return number + {more}
"""
ASK = "from ringback.numbers.loop import answer; print(answer(1), sum(answer.stats.cache_hits.values()))"


def ask(folder):
    environment = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_loop_is_compiled_anew_when_what_it_calls_has_changed(tmp_path):
    package = tmp_path / "ringback"
    for part in ("program", "settings.py", "jit.py"):
        copy = shutil.copytree if (FOLDER / part).is_dir() else shutil.copy
        package.mkdir(exist_ok=True)
        copy(FOLDER / part, package / part)
    (package / "__init__.py").write_text("")
    (package / "numbers").mkdir()
    (package / "numbers" / "__init__.py").write_text("")
    (package / "numbers" / "loop.py").write_text(LOOP)
    lender = package / "numbers" / "lender.py"
    lender.write_text(LENDER.format(factor=10, more=1))
    assert ask(tmp_path) == "20 0"
    assert ask(tmp_path) == "20 1"
    lender.write_text(LENDER.format(factor=10, more=2))
    assert ask(tmp_path) == "30 0"
    lender.write_text(LENDER.format(factor=100, more=2))
    assert ask(tmp_path) == "300 0"


def test_every_loop_and_what_it_can_be_made_of_is_counted():
    modules = {path: ast.parse(path.read_bytes()) for path in FOLDER.rglob("*.py")}
    loops = [path for path, tree in modules.items() if "ringback.jit" in lent_by(tree)]
    assert len(loops) > 10
    for path in loops:
        assert counted(path), path
        for name in lent_by(modules[path], to=loop_names(modules[path])):
            place = FOLDER.parent / name.replace(".", "/")
            assert counted(place if place.is_dir() else place.with_suffix(".py")), f"{path}: {name}"


def counted(path: Path) -> bool:
    """Whether a change of this module or package makes new machine code."""
    place = path.relative_to(FOLDER).as_posix() + ("/" if path.is_dir() else "")
    return place.startswith(LOOPS_IN)


def loop_names(tree: ast.Module) -> set[str]:
    """All names that the compiled functions of a module use."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.decorator_list]
    return {name.id for function in functions for name in ast.walk(function) if isinstance(name, ast.Name)}


def lent_by(tree: ast.Module, to: set[str] | None = None) -> set[str]:
    """The modules of ringback from which a module takes names, or those names only."""
    return {
        one.module
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module and one.module.startswith("ringback.")
        if to is None or any((name.asname or name.name) in to for name in one.names)
    }
