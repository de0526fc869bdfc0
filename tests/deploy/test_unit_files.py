"""The files for systemd: they start commands that exist, with options that exist, and stay as narrow as they are."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from ringback.cli.main import app

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = [DEPLOY / "systemd" / f"ringback-{name}.service" for name in ("public", "collect")]
PUBLIC = DEPLOY / "systemd" / "ringback-public.service"
# What `systemd-analyze security` says of the public service at most; 10 is a service without any wall.
MOST_EXPOSED = 1.5


class Unit(configparser.RawConfigParser):
    """A unit file. Of settings that are given several times, the values are joined."""

    def __init__(self, path):
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str
        joined: dict[tuple[str, str], list[str]] = {}
        section = ""
        for line in path.read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line.strip() and not line.startswith("#"):
                name, _equals, value = line.partition("=")
                joined.setdefault((section, name), []).append(value)
        for (part, name), values in joined.items():
            if not self.has_section(part):
                self.add_section(part)
            self.set(part, name, " ".join(values).strip())


def command_of(path):
    """The typed command that a unit starts, and its words behind the command's name."""
    words = shlex.split(Unit(path).get("Service", "ExecStart"))
    assert words[0] == "/opt/ringback/.venv/bin/ringback"
    command, at = typer.main.get_command(app), 1
    while isinstance(command, TyperGroup):
        assert words[at] in command.commands, f"there is no command {words[at]}"
        command, at = command.commands[words[at]], at + 1
    return command, words[at:]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_what_a_unit_starts_can_be_parsed(path):
    command, words = command_of(path)
    parameters = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
    assert [word for word in words if word.startswith("--") and word not in parameters] == []
    # As systemd would give it, with every variable replaced.
    values = [re.sub(r"\$\{\w+\}", "check.force.example", word) for word in words]
    context = command.make_context(path.name, values)
    assert context.params
    assert context.args == []


@pytest.mark.parametrize("words", [["--no-such-option", "x"], ["a", "b", "c"]])
def test_a_command_that_does_not_exist_is_found(words):
    command, _words = command_of(PUBLIC)
    with pytest.raises((typer.Exit, SystemExit, Exception), match=r"No such option|unexpected extra"):
        command.make_context("x", ["bundle", *words])


def test_every_variable_of_the_public_unit_is_in_its_file_of_settings():
    used = set(re.findall(r"\$\{(\w+)\}", PUBLIC.read_text()))
    given = dict(re.findall(r"(?m)^(\w+)=(.*)$", (DEPLOY / "systemd" / "public.env").read_text()))
    assert used == set(given)
    # Given as they are, these two are no values: they are left out by being empty.
    command, _words = command_of(PUBLIC)
    empty = {one.name: one.default for one in command.params if one.name in ("inbox", "signed_by", "base_path")}
    assert set(empty.values()) == {""}


def test_the_public_service_is_nobody_and_has_no_way_to_a_case_or_a_key():
    service = Unit(PUBLIC)["Service"]
    assert service["User"] == "ringback-public"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/srv/ringback/bundle"
    assert service["ReadOnlyPaths"] == "/srv/ringback/bundle/releases"
    assert service["IPAddressDeny"] == "any"
    assert "RINGBACK_KEYS" not in PUBLIC.read_text()
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "MemoryDenyWriteExecute", "PrivateUsers"):
        assert service[name] == "yes"
    assert service["MemoryMax"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_finds_few_holes_in_the_public_unit():
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(PUBLIC)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED
