"""The written documentation: complete, free of dead links and real numbers, and its commands exist."""

import ast
import dataclasses
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from ringback.alerting.model import states
from ringback.alerting.model.roles import RIGHTS, ROLES, has_right
from ringback.alerting.model.router import REASONS as ROUTE_REASONS
from ringback.alerting.wording.rules.faults import REASONS
from ringback.case import folder
from ringback.cli.main import app
from ringback.errors import ERRORS
from ringback.schemas import TABLES
from ringback.settings import Settings
from ringback.stages.figures import FIGURES
from ringback.stages.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted(DOCS.rglob("*.md"))
AT_THE_ROOT = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
READ_BY_PEOPLE = [*PAGES, *(path for path in AT_THE_ROOT if path.exists())]
WRITTEN = [path for path in READ_BY_PEOPLE if REFERENCE not in path.parents]

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCED = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
# Ofcom's drama numbers, as national numbers under 44.
DRAMA = (
    range(7700900000, 7700901000),
    range(2079460000, 2079461000),
    range(1214960000, 1214961000),
    range(1632960000, 1632961000),
)
# Dates, times and hashes are long runs of digits too.
NOT_NUMBERS = re.compile(
    r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?|\d\d/\d\d/\d{4}|\b(?=[0-9a-f]*[a-f])[0-9a-f]{16,}\b"
)
NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ \u00a0().\-/]{0,3}\d){8,14}(?!\w|,\d)")
INDEX_HOSTS = re.compile(
    r"https?://[^\s)]*(pypi|pythonhosted|mirror|artifactory|nexus|devpi|/simple\b)|index-url", re.I
)
# The places of a host of the public service, as deploy/ has them, are nobody's own machine.
MACHINE_PATHS = re.compile(
    r"(?<![\w.~}])/(?!(?:srv|opt)/ringback\b)(work|tmp|home|root|mnt|Users|opt|var|srv)/[\w.-]|(?<!\w)[A-Z]:\\"
)


def page_id(path):
    return str(path.relative_to(ROOT))


def reference(name):
    return (REFERENCE / name).read_text(encoding="utf-8")


def walk(command, words=("ringback",)):
    """Every command with its words; groups are no commands."""
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from walk(child, (*words, name))
    else:
        yield words, command


COMMANDS = dict(walk(typer.main.get_command(app)))


def options_of(command):
    return [
        one for parameter in command.params for one in (*parameter.opts, *parameter.secondary_opts) if one[0] == "-"
    ]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_the_reference(words):
    name = " ".join(words)
    sections = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", reference("commands.md"), re.MULTILINE | re.DOTALL))
    assert name in sections, f"{name} is undocumented: run make docs"
    missing = [one for one in options_of(COMMANDS[words]) if one != "--help" and one not in sections[name]]
    assert not missing


def first_cells(page):
    return set(re.findall(r"^\| ([^|]+?) \|", reference(page), re.MULTILINE))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("settings.md", [one.name for one in dataclasses.fields(Settings)]),
        ("errors.md", list(ERRORS)),
        ("figures.md", [*FIGURES, *RULES]),
        ("roles.md", list(RIGHTS)),
        ("wording.md", list(REASONS)),
        ("routes.md", [reason for reasons in ROUTE_REASONS.values() for reason in reasons]),
    ],
)
def test_every_name_that_people_meet_is_in_the_reference(page, names):
    assert names
    assert [name for name in names if name not in first_cells(page)] == []


def table_rows(page):
    """The rows of a page's tables, each as its cells."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]


def test_the_reference_says_of_every_role_what_it_may_do():
    header, _line, *rows = table_rows(reference("roles.md"))
    assert header[2:] == list(ROLES)
    told = {(row[0], role) for row in rows for role, cell in zip(header[2:], row[2:], strict=True) if cell == "yes"}
    assert told == {(right, role) for right in RIGHTS for role in ROLES if has_right(role, right)}


def test_every_role_is_explained_to_administrators():
    told = {row[0] for row in table_rows((DOCS / "how-to" / "manage-staff.md").read_text(encoding="utf-8"))}
    assert set(ROLES) <= told


SECTIONS = ("alerts", "notify", "records")


@cache
def sources():
    """Every module of the program, parsed."""
    return [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "src" / "ringback").rglob("*.py")]


def settings_read(trees):
    """(section, name) of every setting of case.toml that is looked up by its name."""
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        source = ast.unparse(call.func)
        if re.search(r"(^|\.)alerts\.get$|\.notify\.get$", source):
            yield source.split(".")[-2], text(call.args[0])
        elif source == "_text" and len(call.args) == 3:
            yield "alerts", text(call.args[1])


def text(node):
    return node.value if isinstance(node, ast.Constant) else None


def test_every_setting_of_alerts_in_case_toml_is_in_the_reference():
    rows = {(row[1].strip("[]"), row[0]) for row in table_rows(reference("case-settings.md"))}
    section, offered = "", set()
    for line in folder._TEMPLATE.splitlines():
        if found := re.match(r"#   \[(\w+)\]", line):
            section = found[1]
        elif (found := re.match(r"#   (\w+) = ", line)) and section in SECTIONS:
            offered.add((section, found[1]))
    assert {one[0] for one in offered} == set(SECTIONS)
    read = {one for one in settings_read(sources()) if one[1]}
    assert {("alerts", "force"), ("alerts", "takes_replies"), ("alerts", "quiet_from")} <= read
    # `alerts` is also the name of a table's states in places: these are no settings.
    assert {one for one in offered | read if one not in rows and one[1] not in states.ALERT_STATES} == set()


ENTRY = re.compile(r"[a-z]+(_[a-z]+)+|refused")


def constants(trees):
    """Name to text of every constant of a module."""
    for assign in (node for tree in trees for node in tree.body if isinstance(node, ast.Assign)):
        targets = getattr(assign.targets[0], "elts", assign.targets)
        values = getattr(assign.value, "elts", [assign.value])
        yield from ((name.id, text(one)) for name, one in zip(targets, values, strict=False) if hasattr(name, "id"))


def entries_written(trees):
    """Every kind of entry that is written into the audit log under a name that can be seen."""
    named = {name: one for name, one in constants(trees) if isinstance(one, str) and ENTRY.fullmatch(one)}
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if getattr(call.func, "attr", "") in {"add", "add_within", "add_entry", "note", "save", "_audit", "_alarm"}:
            words = [named.get(one.id) if isinstance(one, ast.Name) else text(one) for one in call.args[:3]]
            yield from (word for word in words if isinstance(word, str) and ENTRY.fullmatch(word))


def test_every_kind_of_audit_entry_is_in_the_reference():
    written = set(entries_written(sources()))
    assert {"refused", "batch_planned", "batch_approved", "staff_logged_in", "exhibit_added"} <= written
    assert written - first_cells("audit.md") == set()


def test_every_alarm_is_in_the_reference_and_in_the_how_to():
    raised = set()
    for call in (node for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if getattr(call.func, "id", "") == "raise_alarm":
            raised |= {text(one.value) for one in call.keywords if one.arg == "what"}
        if getattr(call.func, "attr", "") == "_alarm":
            raised.add(text(call.args[1]))
    raised.discard(None)
    assert {"accepted_twice", "batch_halted"} <= raised
    how_to = (DOCS / "how-to" / "when-sending-goes-wrong.md").read_text(encoding="utf-8")
    assert raised - first_cells("audit.md") == set()
    assert [alarm for alarm in sorted(raised) if alarm not in how_to] == []


def test_every_state_of_an_alert_and_a_batch_is_in_the_how_to():
    told = {row[0] for row in table_rows((DOCS / "how-to" / "when-sending-goes-wrong.md").read_text(encoding="utf-8"))}
    assert set(states.ALERT_STATES) | set(states.BATCH_STATES) <= told


def test_every_setting_has_its_environment_variable_in_the_reference():
    page = reference("settings.md")
    assert [one.name for one in dataclasses.fields(Settings) if one.metadata["variable"] not in page] == []


def test_every_table_and_column_is_in_the_reference():
    page = reference("tables.md")
    headings = set(re.findall(r"^## (\S+)$", page, re.MULTILINE))
    assert [table.name for table in TABLES if table.name not in headings] == []
    columns = first_cells("tables.md")
    assert [f"{t.name}.{c.name}" for t in TABLES for c in t.columns if c.name not in columns] == []


def test_the_reference_is_up_to_date():
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def slugs(path):
    """Anchors that a page's headings make."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


def dead_links(path):
    """Relative links of a page that lead nowhere."""
    text = re.sub(r"`[^`\n]*`", "", FENCED.sub("", path.read_text(encoding="utf-8")))
    for link in LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", link, re.I):
            continue
        place, _hash, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        lost = place.startswith("/") or not target.exists() or not target.is_relative_to(ROOT)
        if lost or (anchor and target.suffix == ".md" and anchor not in slugs(target)):
            yield link


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=page_id)
def test_no_relative_link_is_dead(path):
    assert list(dead_links(path)) == []


def test_dead_links_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# A heading, here\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](gone.md) [c](there.md#a-heading-here) [d](there.md#nothing) ![e](gone.png) [f](/abs.md)"
        " [g](https://example.org/)\n```\n[h](code.md)\n```\n"
    )
    assert list(dead_links(page)) == ["gone.md", "there.md#nothing", "gone.png", "/abs.md"]


@pytest.mark.parametrize("path", [path for path in PAGES if path != DOCS / "README.md"], ids=page_id)
def test_every_page_can_be_reached_from_the_index(path):
    seen, todo = set(), [DOCS / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen:
            continue
        seen.add(page)
        links = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links if ":" not in link]
        todo += [target for target in targets if target.suffix == ".md" and target.exists()]
    assert path in seen


def real_numbers(text):
    """Full phone numbers that are not Ofcom's drama numbers."""
    for found in NUMBER.findall(NOT_NUMBERS.sub(" ", text)):
        national = re.sub(r"\D", "", found)
        for prefix in ("00", "44", "0"):
            # Ten digits are a national number whatever they begin with; a bracketed zero may follow the 44.
            if len(national) > 10:
                national = national.removeprefix(prefix)
        if len(national) != 10 or not any(int(national) in numbers for numbers in DRAMA):
            yield found


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=page_id)
def test_no_phone_number_but_drama_numbers(path):
    assert list(real_numbers(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "07700 900123",
        "+44 7700 900123",
        "00447700900123",
        "+44 (0)20 7946 0123",
        "(0121) 496 0001 ext 12",
        "2079460123",
    ],
)
def test_drama_numbers_are_let_through(text):
    assert list(real_numbers(f"called {text}, twice")) == []


# No number that may be somebody's stands here: they are worked out from the edges of the drama ranges.
@pytest.mark.parametrize("number", [edge for numbers in DRAMA for edge in (numbers.start - 1, numbers.stop)])
@pytest.mark.parametrize("form", ["0{}", "+44{}", "0044 {}", "+44 (0){}", "{}"])
def test_other_numbers_are_found(number, form):
    digits = str(number)
    for typed in (digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}", f"{digits[:4]}-{digits[4:]}"):
        assert list(real_numbers(f"called {form.format(typed)}, twice"))


def test_numbers_from_elsewhere_are_found():
    assert list(real_numbers("called +1 212 555 0123, twice")) == ["+1 212 555 0123"]


def test_dates_hashes_and_counts_are_no_numbers():
    text = "2021-10-31 09:15:00, 31/10/2021 09:15:00, 2,247,573 bytes, 48050dc7e685f401, row 14682"
    assert list(real_numbers(text + " " + "0123456789abcdef" * 4)) == []


def code_lines(text):
    """Lines of fenced and indented code, continued lines joined."""
    fenced = "\n".join(body for _fence, body in FENCED.findall(text))
    indented = re.findall(r"(?<=\n)(?: {4}|\t)([^\n]*)", FENCED.sub("", "\n" + text))
    joined = "\n".join([fenced, *indented]).replace("\\\n", " ")
    return [line.strip().removeprefix("$ ") for line in joined.splitlines()]


def typed_commands(text):
    """The words behind each `ringback` that somebody would type."""
    for line in code_lines(text):
        if not re.match(r"(\w+=\S+ +)*(.*\| *)?(\S*/)?ringback\b(?!\S)", line):
            continue
        words = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
        words.whitespace_split, words.commenters = True, "#"
        command = None
        for word in [*words, ";"]:
            if set(word) <= set("|<>&;"):
                if command is not None:
                    yield command
                command = None
            elif command is not None:
                command.append(word)
            elif word.rpartition("/")[2] == "ringback":
                command = []


def command_fault(words):
    """What is wrong with a typed command, or None."""
    command, at = typer.main.get_command(app), 0
    while isinstance(command, TyperGroup) and at < len(words) and words[at][0] != "-":
        if words[at] not in command.commands:
            return f"there is no command {words[at]}"
        command, at = command.commands[words[at]], at + 1
    options = [word.partition("=")[0] for word in words[at:] if re.match(r"--?[a-z]", word)]
    unknown = [option for option in options if option not in (*options_of(command), "--help")]
    if unknown:
        return f"there is no option {', '.join(unknown)}"
    if isinstance(command, TyperGroup):
        return None if options else "a command is missing"
    given = re.sub(r"\.\.\.", "", " ".join(words))
    needed = [
        p.opts[-1] for p in command.params if p.required and p.opts[-1].startswith("-") and p.opts[-1] not in given
    ]
    return f"{', '.join(needed)} is missing" if needed and "--help" not in options else None


@pytest.mark.parametrize("path", WRITTEN, ids=page_id)
def test_every_command_shown_exists(path):
    shown = list(typed_commands(path.read_text(encoding="utf-8")))
    faults = {" ".join(words): command_fault(words) for words in shown}
    assert {words: fault for words, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("ringback run op-case", None),
        ("ringback --version", None),
        ("$ RINGBACK_KEYS=keys .venv/bin/ringback victims c -o l.csv --why x | cat", None),
        ("cat n | ringback explain c --why x --json", None),
        ("ringback explain c < number.txt", "--why is missing"),
        ("ringback runn op-case", "there is no command runn"),
        ("ringback exhibit drop c", "there is no command drop"),
        ("ringback run op-case --fast", "there is no option --fast"),
        ("ringback synth d \\\n        --call 3", "there is no option --call"),
    ],
)
def test_commands_that_do_not_exist_are_found(line, fault):
    for text in (f"text\n\n    {line}\n", f"text\n\n```sh\n{line}\n```\n"):
        assert [command_fault(words) for words in typed_commands(text)] == [fault]


def test_the_pages_do_show_commands():
    shown = {words[0] for path in WRITTEN for words in typed_commands(path.read_text(encoding="utf-8"))}
    assert {"run", "synth", "case", "exhibit", "victims", "explain", "verify", "truth", "number", "figures"} <= shown
    assert {"staff", "suppress", "alerts", "serve"} <= shown


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=page_id)
def test_no_index_hosts_and_no_machine_paths(path):
    text = path.read_text(encoding="utf-8")
    found = [match[0] for pattern in (INDEX_HOSTS, MACHINE_PATHS) for match in pattern.finditer(text)]
    assert found == []
