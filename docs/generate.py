"""Write the reference pages from the program itself, or check that they are up to date.

Usage: python docs/generate.py [--check]
"""

import dataclasses
import sys
from pathlib import Path

import typer
from typer.core import TyperGroup

from ringback.cli.main import app
from ringback.errors import ERRORS
from ringback.schemas import TABLES
from ringback.settings import Settings
from ringback.stages.figures import FIGURES
from ringback.stages.rules import RULES

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/generate.py: change the program, then run `make docs`. -->\n\n"


def commands_page() -> str:
    parts = [
        MADE,
        "# Commands\n\nExit codes: 0 done, 1 done with findings, 2 could not be done, 3 a fault in ringback itself."
        " Ctrl-C: 130.\n",
    ]
    root = typer.main.get_command(app)
    for name, command in walk(root, "ringback"):
        context = typer.Context(command, info_name=name)
        parts.append(f"\n## {name}\n\n{(command.help or '').strip()}\n\n")
        parts.append(f"    {command.get_usage(context).removeprefix('Usage: ')}\n\n")
        for parameter in command.params:
            record = parameter.get_help_record(context)
            if record and parameter.name != "help":
                parts.append(f"- `{record[0].strip()}` {record[1].strip()}\n")
        if command.epilog:
            parts.append(f"\n{command.epilog.replace('Example: ', 'Example: `', 1)}`\n")
    return "".join(parts)


def walk(command, name):
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            yield from walk(child, f"{name} {child.name}")
    else:
        yield name, command


def tables_page() -> str:
    parts = [MADE, "# Tables of a run\n\nEach is a Parquet file under `runs/<id>/`.\n"]
    for table in TABLES:
        parts.append(f"\n## {table.name}\n\n{table.grain[0].upper()}{table.grain[1:]}.\n\n")
        parts.append("| column | type | meaning |\n|---|---|---|\n")
        parts += [f"| {column.name} | {column.type} | {column.meaning} |\n" for column in table.columns]
    return "".join(parts)


def errors_page() -> str:
    parts = [MADE, "# Errors\n\n| code | what happened | what to do next | retry |\n|---|---|---|---|\n"]
    for code, kind in ERRORS.items():
        retry = "yes" if kind.retryable else "no"
        parts.append(f"| {code} | {kind.happened} | {kind.next_step} | {retry} |\n")
    return "".join(parts)


def figures_page() -> str:
    parts = [MADE, "# Figures and rules\n\n| figure | unit | definition | counted from |\n|---|---|---|---|\n"]
    parts += [
        f"| {key} | {kind.unit} | {kind.definition.format(rule_words='Numbers that meet the alert rule')}"
        f" | {kind.counted} |\n"
        for key, kind in FIGURES.items()
    ]
    parts.append("\n| rule | who counts as a victim |\n|---|---|\n")
    parts += [f"| {key} | {rule.words} |\n" for key, rule in RULES.items()]
    return "".join(parts)


def settings_page() -> str:
    parts = [MADE, "# Settings of the machine\n\nA case's own settings are in its `case.toml`.\n\n"]
    parts.append("| setting | environment variable | meaning |\n|---|---|---|\n")
    for one in dataclasses.fields(Settings):
        parts.append(f"| {one.name} | {one.metadata['variable']} | {one.metadata['help']} |\n")
    return "".join(parts)


PAGES = {
    "commands.md": commands_page,
    "tables.md": tables_page,
    "errors.md": errors_page,
    "figures.md": figures_page,
    "settings.md": settings_page,
}


def main() -> None:
    check = "--check" in sys.argv[1:]
    stale = []
    REFERENCE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and stale:
        sys.exit(f"docs/reference is not up to date ({', '.join(stale)}): run make docs")
    print(f"docs/reference: {len(PAGES)} pages {'up to date' if check else 'written'}")


if __name__ == "__main__":
    main()
