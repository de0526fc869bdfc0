"""Writes proposals as sections of case.toml. Only these sections change; the rest stays letter by letter."""

import glob
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ringback.errors import RingbackError
from ringback.files.private import write_plain
from ringback.schema_matching.proposal import RoleProposal
from ringback.sources.mapping import PRESETS, make_mapping

_HEADER = re.compile(r"\s*\[")


def make_sections(
    chosen: Sequence[RoleProposal], *, preset: str, misfits: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """A section of case.toml for each role.

    Args:
        chosen: The accepted proposals, one for each role.
        preset: The case's preset. Where it would pick a column for a field that has none, the section says so.
        misfits: Role to tables that have its usual names but lack its columns. If there is no proposal for such a role,
            its section says that no table has it.
    """
    sections = {one.role: _section(one, preset) for one in chosen}
    for role, tables in misfits.items():
        if role not in sections:
            names = ", ".join(tables)
            sections[role] = (
                f"[tables.{role}]\n# {_comment(names)} lacks the columns that the preset asks for: name its own columns"
                " to have it read.\ntable = []\n"
            )
    return sections


def _section(proposal: RoleProposal, preset: str) -> str:
    usual = PRESETS[preset][proposal.role]
    present = {name.casefold() for name in (*proposal.columns, *proposal.quarantine)}
    columns: dict[str, str | list[str]] = {}
    for one in proposal.fields:
        if one.column is not None:
            columns[one.field] = one.column
    for name, usual_names in usual.columns.items():
        # Fields that can show that a row is no call are read from any usual column, unless a person said otherwise.
        unsaid = name not in columns and name not in ("direction", "country_code")
        if unsaid and any(each.casefold() in present for each in usual_names):
            columns[name] = []
    tables = [glob.escape(name) for name in proposal.tables]
    lines = [
        f"[tables.{proposal.role}]",
        f"# Written by ringback map; {proposal.rows:,} rows were looked at.",
        f"table = {_toml(tables[0] if len(tables) == 1 else tables)}",
        "columns = { " + ", ".join(f"{name} = {_toml(column)}" for name, column in columns.items()) + " }",
    ]
    if proposal.time_format:
        lines.append(f"time_format = {_toml(proposal.time_format)}")
    lines += [f"{name} = {_toml(value)}" for name, value in proposal.chosen_settings.items()]
    if proposal.quarantine:
        lines.append(f"quarantine = {_toml(list(proposal.quarantine))}")
    return "\n".join(lines) + "\n"


def write_sections(toml: Path, sections: Mapping[str, str], *, preset: str) -> None:
    """Put sections into case.toml: in place of sections of the same roles, or at its end.

    The new text is parsed before it replaces the file. It must say what the file said before, and the sections.

    Raises:
        RingbackError: `mapping_unwritable`, with nothing written.
    """
    text = toml.read_text(encoding="utf-8")
    try:
        new = put_sections(text, sections)
        make_mapping(preset, tomllib.loads(new).get("tables", {}), toml=toml)
    except (ValueError, UnicodeError) as error:
        raise RingbackError("mapping_unwritable", path=toml, problem=str(error)) from error
    fresh = toml.with_name(f".{toml.name}.new")
    try:
        write_plain(fresh, new)
        fresh.chmod(toml.stat().st_mode & 0o777)
        fresh.replace(toml)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise RingbackError("mapping_unwritable", path=toml, problem=error.strerror or str(error)) from error


def put_sections(text: str, sections: Mapping[str, str]) -> str:
    """The text of a case.toml with these sections.

    Raises:
        ValueError: It cannot be done without changing something else.

    >>> before = 'a = 1  # one\\n[tables.calls]\\ntable = "x"\\n# of b\\n[b]\\n'
    >>> print(put_sections(before, {"calls": '[tables.calls]\\ntable = "y"\\n'}))
    a = 1  # one
    [tables.calls]
    table = "y"
    # of b
    [b]
    <BLANKLINE>
    """
    expected = tomllib.loads(text)
    for role, section in sections.items():
        expected.setdefault("tables", {})[role] = tomllib.loads(section)["tables"][role]
    for role, section in sections.items():
        text = _put(text, role, section)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"its form does not allow it ({error})") from error
    if found != expected:
        raise ValueError("another setting would change with it")
    return text


def _put(text: str, role: str, section: str) -> str:
    lines = text.splitlines(keepends=True)
    mine = re.compile(rf"\s*\[\s*tables\s*\.\s*[\"']?{role}[\"']?\s*[.\]]")
    kept: list[str] = []
    at: int | None = None
    inside = False
    for index, line in enumerate(lines):
        if _HEADER.match(line):
            was, inside = inside, bool(mine.match(line))
            if inside and at is None:
                at = len(kept)
            if was and not inside:
                kept += _notes_before(lines, index)
        if not inside:
            kept.append(line)
    if at is None:
        end = "" if not kept or kept[-1].endswith("\n") else "\n"
        return "".join(kept) + end + "\n" + section
    return "".join(kept[:at]) + section + "".join(kept[at:])


def _notes_before(lines: list[str], index: int) -> list[str]:
    """Blank lines and comments before a header: they belong to it, not to the section before."""
    first = index
    while first and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
        first -= 1
    return lines[first:index]


def _toml(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    text.encode("utf-8")
    return text


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
