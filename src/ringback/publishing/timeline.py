"""The case's time line: what staff write for the public, in CASE/timeline.toml, and what of it may not be published.

    [[entry]]
    date = 2022-11-24
    text = "The website was taken down."
    source = "Example Police, statement of 24 November 2022"

Links, domains and phone numbers are refused. Whether a name is a victim's, no program can tell: who approves reads it.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.links import find_links
from ringback.case.case_file import CaseFile
from ringback.case.folder import TIME_LINE
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.files.private import open_plain
from ringback.numbers.masking import NOT_A_NUMBER, NUMBER, mask_numbers, without_invisible
from ringback.publishing.bundle_files import TIME_LINE as FROZEN

MOST_ENTRIES, LONGEST_TEXT, LONGEST_SOURCE = 200, 400, 120
_MOST_BYTES = 256 * 1024
_MOST_FAULTS_TOLD = 12
_FIELDS = frozenset({"date", "text", "source"})
# Numbers that everybody is to ring.
_HELPLINES = re.compile(r"(?<!\d)(?:0300 123 2040|0808 168 9111)(?!\d)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line: its day as ISO 8601, what happened, and who says so; "" where nobody is named."""

    date: str
    text: str
    source: str = ""


def timeline_files(case_file: CaseFile) -> dict[str, bytes]:
    """The time line as a file of a release; without one in the case, an empty one.

    Args:
        case_file: The case.

    Raises:
        RingbackError: `timeline_bad` naming every entry and field at fault, or `file_linked`.
    """
    path = case_file.case.path / TIME_LINE
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise RingbackError("timeline_bad", path=path.absolute(), problems=say_problem(error)) from error
    try:
        entries = read_timeline(content, today=case_file.clock.now().date())
    except ValueError as error:
        raise RingbackError("timeline_bad", path=path.absolute(), problems=str(error)) from error
    told = [asdict(one) for one in entries]
    return {FROZEN: (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()}


def read_timeline(content: bytes, *, today: date) -> list[Entry]:
    """The entries of a time line, the earliest first; those of one day in the order of the file.

    >>> read_timeline(b'[[entry]]\\ndate = 2022-11-24\\ntext = "Seized."', today=date(2022, 12, 1))
    [Entry(date='2022-11-24', text='Seized.', source='')]

    Args:
        content: The file.
        today: No entry may lie after it.

    Raises:
        ValueError: What is wrong, by entry and field, without any number.
    """
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 1024} kB")
    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(mask_numbers(f"it is no TOML: {error}")) from error
    entries = found.get("entry", [])
    if set(found) - {"entry"} or not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ValueError("it may hold [[entry]] sections and nothing else")
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"it has {len(entries):,} entries, and nobody reads more than {MOST_ENTRIES}")
    faults = [f"entry {number}: {fault}" for number, one in enumerate(entries, 1) for fault in _faults(one, today)]
    if faults:
        more = len(faults) - _MOST_FAULTS_TOLD
        raise ValueError("; ".join(faults[:_MOST_FAULTS_TOLD]) + (f"; and {more:,} more" if more > 0 else ""))
    read = [Entry(_day(one["date"]).isoformat(), one["text"].strip(), one.get("source", "").strip()) for one in entries]
    return sorted(read, key=lambda one: one.date)


def _faults(entry: dict[str, Any], today: date) -> Iterator[str]:
    """What is wrong with an entry, each beginning with the name of its field."""
    for name in sorted(set(entry) - _FIELDS):
        yield f"{mask_numbers(name)[:40]!r}: there is no such field; there are date, text and source"
    try:
        if _day(entry.get("date")) > today:
            yield "date: it has not come yet"
    except ValueError:
        yield "date: write it like 2022-11-24"
    for name, longest, needed in (("text", LONGEST_TEXT, True), ("source", LONGEST_SOURCE, False)):
        if name in entry or needed:
            yield from (f"{name}: {fault}" for fault in find_text_faults(entry.get(name), longest=longest))


def find_text_faults(text: object, *, longest: int) -> Iterator[str]:
    """What keeps a text that staff wrote from being published: its form, a link or domain, or a phone number.

    Args:
        text: What the file holds.
        longest: The most characters.
    """
    if not isinstance(text, str) or not text.strip():
        yield "it has to be a text"
        return
    if len(text) > longest:
        yield f"it has {len(text):,} characters, and {longest} is the most"
        return
    if not text.isprintable() or text != without_invisible(text):
        yield "it holds a line break, or a character that nobody can see"
        return
    if any(True for _fault in find_links(FoldedText(text))):
        yield "it holds a link or a domain, or what a phone makes one of: name the place in words"
    if NUMBER.search(NOT_A_NUMBER.sub("#", _HELPLINES.sub("#", text))):
        yield "it holds what looks like a phone number"


def _day(value: object) -> date:
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("no date")
