"""The lists of commands: complete, true to each command's own help, and a command loads only what it needs."""

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand

from ringback.cli import alerts, main
from tiers import first_quick

ROOT = typer.main.get_group(main.app)
LISTS = {"ringback": (ROOT, main.COMMANDS), "ringback alerts": (ROOT.commands["alerts"], alerts.COMMANDS)}
LISTED = [
    pytest.param(group, name, id=f"{group} {name}") for group, (_whole, commands) in LISTS.items() for name in commands
]
# What no command is to pay for that does not use it.
HEAVY = ("ibis", "duckdb", "pyarrow", "numba", "sqlalchemy", "alembic", "psycopg", "flask", "waitress", "jinja2",
         "cryptography", "argon2", "notifications_python_client", "requests")  # fmt: skip


def command(group, name):
    return LISTS[group][0].commands[name]


@pytest.mark.parametrize(("group", "name"), LISTED)
def test_a_listed_command_is_there_under_its_name_and_has_its_example(group, name):
    listed, found = LISTS[group][1][name], command(group, name)
    assert found.name == name
    assert found.epilog == (f"Example: {listed.example}" if listed.example else None)


@pytest.mark.parametrize(("group", "name"), LISTED)
def test_the_list_shows_what_the_command_says_of_itself_however_wide_the_terminal_is(group, name):
    found, line = command(group, name), TyperCommand(name, help=LISTS[group][1][name].help)
    for width in range(10, 250):
        assert line.get_short_help_str(width) == found.get_short_help_str(width)


@pytest.mark.parametrize("group", LISTS)
def test_a_list_as_help_shows_it(group):
    whole, commands = LISTS[group]
    context = typer.Context(whole, info_name=group)
    assert whole.list_commands(context) == list(whole.commands) == list(commands)
    shown = whole.get_help(context).partition("Commands:\n")[2]
    assert [line.split()[0] for line in shown.splitlines()] == list(commands)


# They take `as_json` too.
NO_COMMANDS = ("fail", "reporting_errors")


def test_every_command_that_is_written_is_listed():
    """A function of the command line that takes `as_json` is a command."""
    listed = {one.place for _whole, commands in LISTS.values() for one in commands.values()}
    for path in sorted(Path(main.__file__).parent.glob("*.py")):
        module = import_module(f"ringback.cli.{path.stem}")
        apps = [app for app in vars(module).values() if isinstance(app, typer.Typer)]
        grouped = {one.callback for app in apps for one in app.registered_commands}
        for name, found in vars(module).items():
            own = getattr(found, "__module__", "") == module.__name__
            if own and "as_json" in getattr(found, "__annotations__", {}) and name[0] != "_":
                if found in grouped or name in NO_COMMANDS:
                    continue
                assert f"{module.__name__}:{name}" in listed


def test_an_unknown_command_is_told_with_the_likely_one(ringback):
    done = ringback("verfy")
    assert done.code == 2
    assert "No such command 'verfy'" in done.err
    assert "Did you mean 'verify'" in done.err


def loaded_by(*words, stdin=""):
    """Names of the modules that a command has loaded when it ends."""
    program = (
        "import sys\n"
        "from ringback.cli.main import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "finally:\n    sys.stderr.write('loaded ' + ' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)], input=stdin, capture_output=True, text=True, check=False
    )
    return set(done.stderr.rpartition("loaded ")[2].split())


@pytest.fixture
def own_case(cases, keys, tmp_path, monkeypatch):
    """A case that was run, for one test alone: what is asked of it is logged."""
    monkeypatch.setenv("RINGBACK_KEYS", str(keys))
    return shutil.copytree(cases / "csv", tmp_path / "case")


def packages(modules):
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["alerts", "--help"], ["nonsense"]], ids=" ".join)
def test_lists_and_mistakes_load_no_command(words):
    loaded = loaded_by(*words)
    assert "ringback.cli.main" in loaded
    assert not packages(loaded) & {*HEAVY, "numpy", "phonenumbers"}
    own = {one.place.partition(":")[0] for _whole, commands in LISTS.values() for one in commands.values()}
    assert loaded & own <= {"ringback.cli.alerts"}


def test_a_number_is_read_without_what_cases_need():
    loaded = loaded_by("number", stdin="07700 900123\n")
    assert "phonenumbers" in loaded
    assert not packages(loaded) & set(HEAVY)
    assert "ringback.case.case_file" not in loaded


def test_a_message_is_checked_without_what_cases_need():
    loaded = loaded_by("signs", stdin="Your parcel is held\n")
    assert "ringback.signs.check" in loaded
    assert not packages(loaded) & set(HEAVY)
    assert "ringback.case.case_file" not in loaded


@pytest.mark.slow
def test_a_run_loads_nothing_of_alerts_servers_or_other_databases(own_case):
    loaded = loaded_by("run", own_case)
    assert {"ringback.pipeline.run", "duckdb", "jinja2"} <= loaded
    unused = ("alembic", "psycopg", "flask", "waitress", "argon2", "pyotp", "notifications_python_client", "requests")
    assert not packages(loaded) & set(unused)
    parts = ("ringback.alerting", "ringback.web", "ringback.signs", "ringback.schema_matching", "ringback.synthetic")
    assert not {name for name in loaded if name.startswith(parts)}


@pytest.mark.parametrize(
    "words",
    first_quick([["audit"], ["case", "show"], ["exhibit", "list"], ["suppress", "list"], ["alerts", "list"]], 1),
    ids=" ".join,
)
def test_a_look_at_the_records_loads_neither_engine_nor_readers(words, own_case):
    loaded = loaded_by(*words, own_case)
    assert {"sqlalchemy", "ringback.case.case_file"} <= loaded
    unused = ("ibis", "duckdb", "pyarrow", "alembic", "flask", "jinja2", "notifications_python_client")
    # Taking exhibits in needs the readers, and stands in the same group as the list of them.
    assert not packages(loaded) & set(unused) - ({"pyarrow"} if words[0] == "exhibit" else set())
