"""Write the reference pages and the picture of the packages from the program itself, or check that they are up to date.

Usage: python docs/generate.py [--check]
"""

import dataclasses
import sys
from pathlib import Path

import typer
from architecture import packages_page, picture
from meanings import ALARMS, CASE_SETTINGS, ENTRIES
from origins import FIGURE_ORIGINS, TABLE_ORIGINS, Origin
from typer.core import TyperGroup

from ringback.alerting.model.roles import GUARDED_ROLES, RIGHTS, ROLES, has_right
from ringback.alerting.model.router import CHANNELS
from ringback.alerting.model.router import REASONS as ROUTE_REASONS
from ringback.alerting.wording.rules.faults import REASONS
from ringback.cli.main import app
from ringback.errors import ERRORS
from ringback.pipeline.steps import STEPS
from ringback.schemas import SNAPSHOT_TABLES, TABLES
from ringback.schemas.reports import MATCH_TABLES
from ringback.settings import Settings
from ringback.signs.advice import read_advice
from ringback.signs.calendar import read_events
from ringback.signs.cues import read_cue_file
from ringback.signs.questionnaire import read_questions
from ringback.signs.spelling import CUE_FILES
from ringback.signs.stories import read_stories
from ringback.stages.figures import FIGURES
from ringback.stages.match_figures import MATCH_FIGURES
from ringback.stages.rules import RULES

DOCS = Path(__file__).parent
MADE = "<!-- Made by docs/generate.py: change the program, then run `make docs`. -->\n\n"


def commands_page() -> str:
    parts = [
        MADE,
        "# Commands\n\nExit codes: 0 done, 1 done with findings, 2 could not be done, 3 a fault in ringback itself."
        " Ctrl-C: 130, SIGTERM: 143.\n",
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
    files = (
        "Each is a Parquet file under `runs/<id>/`, or several, one for each exhibit; a few are views over others\n"
        "and have no file. [Ask the tables with DuckDB](../how-to/ask-the-tables-with-duckdb.md) shows all of them.\n"
        "[How tables are made](how-tables-are-made.md) shows which is made of which.\n"
    )
    made, known = origins(), {table.name for table in TABLES}
    parts = [MADE, f"# Tables of a run\n\n{files}"]
    for table in TABLES:
        parts.append(f"\n## {table.name}\n\n{table.grain[0].upper()}{table.grain[1:]}.\n\n")
        origin = made[table.name]
        of = ", ".join(f"[{one}](#{one})" if one in known else one for one in origin.of)
        parts.append(f"Made {f'of {of}, ' if of else ''}by {makers(origin)}.\n\n")
        parts.append("| column | type | meaning |\n|---|---|---|\n")
        parts += column_lines(table)
    parts.append(
        "\n# Tables of a snapshot of reports\n\nEach is a Parquet file under `snapshots/<id>/`, for its owner alone.\n"
    )
    for table in SNAPSHOT_TABLES:
        parts.append(f"\n## {table.name}\n\n{table.grain[0].upper()}{table.grain[1:]}.\n\n")
        parts.append("| column | type | meaning |\n|---|---|---|\n")
        parts += column_lines(table)
    parts.append(
        "\n# Tables of matches\n\n`ringback matches` makes them, under `matches/<id>/`, from such a snapshot.\n"
    )
    for table in MATCH_TABLES:
        parts.append(f"\n## {table.name}\n\n{table.grain[0].upper()}{table.grain[1:]}.\n\n")
        parts.append("| column | type | meaning |\n|---|---|---|\n")
        parts += column_lines(table)
    return "".join(parts)


def column_lines(table) -> list[str]:
    return [f"| {column.name} | {column.type} | {column.meaning} |\n" for column in table.columns]


def origins() -> dict[str, Origin]:
    """How each table of a run is made, in the order in which they are made."""
    steps = {step.table.name: Origin(tuple(one.name for one in step.of), (step.stage,), step.inputs) for step in STEPS}
    return TABLE_ORIGINS | steps


def makers(origin: Origin) -> str:
    return ", ".join(f"`{one.__module__.removeprefix('ringback.')}.{one.__qualname__}`" for one in origin.by)


def making_page() -> str:
    """A picture of STEPS, and the same as a list."""
    parts = [
        MADE,
        "# How tables are made\n\nWhat the analysis begins with stands on the left; round ends are views."
        " The list below says what makes each.\n\n",
        "```mermaid\nflowchart LR\n",
    ]
    made = {step.table for step in STEPS}
    for read in sorted({one.name for step in STEPS for one in step.of if one not in made}):
        parts.append(f"  {read}[/{read}/]\n")
    for step in STEPS:
        shape = f"[{step.table.name}]" if step.saved else f"([{step.table.name}])"
        parts.append(f"  {step.table.name}{shape}\n")
        parts += [f"  {one.name} --> {step.table.name}\n" for one in step.of]
    parts.append("```\n\n| table | made of | by | given |\n|---|---|---|---|\n")
    for table, origin in origins().items():
        of, given = ", ".join(origin.of), ", ".join(origin.given)
        parts.append(f"| {table} | {of} | {makers(origin)} | {given} |\n")
    return "".join(parts)


def errors_page() -> str:
    parts = [MADE, "# Errors\n\n| code | what happened | what to do next | retry |\n|---|---|---|---|\n"]
    for code, kind in ERRORS.items():
        retry = "yes" if kind.retryable else "no"
        parts.append(f"| {code} | {kind.happened} | {kind.next_step} | {retry} |\n")
    return "".join(parts)


def figures_page() -> str:
    parts = [
        MADE,
        "# Figures and rules\n\nEach figure is counted from one table of the run, by one function."
        " Where that is the stage that makes the table, the figure is its rows."
        " [How tables are made](how-tables-are-made.md) shows what stands behind the table."
        " *Rows* is what `rows` of `figures.json` counts.\n\n",
        "| figure | unit | definition | table | by | rows |\n|---|---|---|---|---|---|\n",
    ]
    for key, kind in FIGURES.items():
        words, origin = kind.definition.format(rule_words="Numbers that meet the alert rule"), FIGURE_ORIGINS[key]
        tables = ", ".join(f"[{table}](tables.md#{table})" for table in origin.of)
        parts.append(f"| {key} | {kind.unit} | {words} | {tables} | {makers(origin)} | {kind.counted} |\n")
    parts.append(
        "\nFigures of reports are in `figures.json` of `matches/<id>/`; [how reports are tied to"
        " calls](../explanation/how-reports-are-tied-to-calls.md).\n\n| figure | unit | definition |\n|---|---|---|\n"
    )
    parts += [f"| {key} | {kind.unit} | {kind.definition} |\n" for key, kind in MATCH_FIGURES.items()]
    parts.append("\n| rule | who counts as a victim |\n|---|---|\n")
    parts += [f"| {key} | {rule.words} |\n" for key, rule in RULES.items()]
    return "".join(parts)


def settings_page() -> str:
    parts = [MADE, "# Settings of the machine\n\nA case's own settings are in its `case.toml`.\n\n"]
    parts.append("| setting | environment variable | meaning |\n|---|---|---|\n")
    for one in dataclasses.fields(Settings):
        parts.append(f"| {one.name} | {one.metadata['variable']} | {one.metadata['help']} |\n")
    return "".join(parts)


def case_settings_page() -> str:
    parts = [
        MADE,
        "# Settings of a case\n\nIn its `case.toml`; the file says what else it may hold. These are for alerts and for"
        " what is published. A key or a section that nobody reads is refused, with what was probably meant.\n\n",
    ]
    parts.append("| setting | section | example | meaning |\n|---|---|---|---|\n")
    parts += [
        f"| {name} | [{section}] | `{example}` | {meaning} |\n"
        for (section, name), (example, meaning) in CASE_SETTINGS.items()
    ]
    return "".join(parts)


def roles_page() -> str:
    roles = list(ROLES)
    parts = [MADE, "# Roles and rights\n\nNobody has a right that does not stand here. One person has one role.\n\n"]
    parts.append(f"| right | what it allows | {' | '.join(roles)} |\n|---|---|{'---|' * len(roles)}\n")
    for right, words in RIGHTS.items():
        held = " | ".join("yes" if has_right(role, right) else "" for role in roles)
        parts.append(f"| {right} | {words} | {held} |\n")
    guarded = ", ".join(role for role in roles if role in GUARDED_ROLES)
    parts.append(f"\nA second administrator has to confirm before somebody becomes, or stops being: {guarded}.\n")
    return "".join(parts)


def wording_page() -> str:
    parts = [MADE, "# Reasons that block a wording\n\nOne is enough. `...` stands for the words it is about.\n\n"]
    parts.append("| reason | in words |\n|---|---|\n")
    parts += [f"| {code} | {words.format(shown='...')} |\n" for code, words in REASONS.items()]
    return "".join(parts)


def routes_page() -> str:
    parts = [
        MADE,
        "# Channels and reasons\n\nWhere a number that was called goes. Each has one channel and one reason.\n\n",
    ]
    parts.append("| reason | channel | in words |\n|---|---|---|\n")
    for channel in CHANNELS:
        parts += [f"| {reason} | {channel} | {words} |\n" for reason, words in ROUTE_REASONS[channel].items()]
    return "".join(parts)


def audit_page() -> str:
    parts = [MADE, "# Entries of the audit log\n\nNumbers stand in it as keyed digests only.\n\n"]
    parts.append("| entry | what it tells |\n|---|---|\n")
    parts += [f"| {entry} | {meaning} |\n" for entry, meaning in sorted(ENTRIES.items())]
    parts.append(
        "\n## Alarms\n\n`ringback alerts status` shows them. Each is raised once.\n\n"
        "| alarm | what it tells |\n|---|---|\n"
    )
    parts += [f"| {alarm} | {meaning} |\n" for alarm, meaning in sorted(ALARMS.items())]
    return "".join(parts)


def signs_page() -> str:
    parts = [
        MADE,
        "# Signs, asks, known scams, questions\n\nWhat `ringback signs` looks for, and its reasons in plain English.\n",
    ]
    for name in CUE_FILES:
        title = (
            "Asks" if name == "asks" else "What genuine senders write" if name == "genuine" else name.replace("_", " ")
        )
        parts.append(f"\n## {title[0].upper()}{title[1:]}\n\n| group | reason |\n|---|---|\n")
        parts += [f"| {group} | {reason} |\n" for group, reason in read_cue_file(name).reasons.items()]
    parts.append("\n## Calendar\n\n| event | reason | source |\n|---|---|---|\n")
    parts += [f"| {key} | {event['reason']} | {event['source']} |\n" for key, event in read_events().items()]
    parts.append("\n## Known scams\n\n| story | reason | source |\n|---|---|---|\n")
    parts += [f"| {story.name} | {story.reason} | {story.source} |\n" for story in read_stories()]
    parts.append("\n## Questions\n\n| question | choice | in words |\n|---|---|---|\n")
    parts += [f"| {one.key} | {choice.key} | {choice.text} |\n" for one in read_questions() for choice in one.choices]
    # Its words hold published numbers, which stand in the data file and nowhere else.
    parts.append("\n## Advice\n\nThe words are in `data/signs/advice.toml`.\n\n| statement | source |\n|---|---|\n")
    parts += [f"| {key} | {one['source']} |\n" for key, one in read_advice()["statements"].items()]
    return "".join(parts)


# Each page by its place under docs/.
PAGES = {
    "images/architecture.svg": picture,
    "reference/packages.md": lambda: packages_page(MADE),
    "reference/commands.md": commands_page,
    "reference/tables.md": tables_page,
    "reference/how-tables-are-made.md": making_page,
    "reference/errors.md": errors_page,
    "reference/figures.md": figures_page,
    "reference/settings.md": settings_page,
    "reference/case-settings.md": case_settings_page,
    "reference/roles.md": roles_page,
    "reference/wording.md": wording_page,
    "reference/routes.md": routes_page,
    "reference/audit.md": audit_page,
    "reference/signs.md": signs_page,
}


def main() -> None:
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and stale:
        sys.exit(f"docs/ is not up to date ({', '.join(stale)}): run make docs")
    print(f"docs: {len(PAGES)} pages {'up to date' if check else 'written'}")


if __name__ == "__main__":
    main()
