"""Numbers that organisations publish, for people who hold a number and want to compare.

They come from the program's own list, and from a case's own one, CASE/organisation_numbers.csv, whose rows stand in
place of the program's for the organisations that it names. Only what was read on a page of the first rank, and not on
an old one, is published: nothing is said of an organisation that may not be true.
"""

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from ringback.case.case_file import CaseFile
from ringback.case.folder import OWN_LIST
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.files.private import open_plain
from ringback.numbers.organisations import published_rows
from ringback.publishing.bundle_files import ORGANISATIONS
from ringback.publishing.timeline import find_text_faults

COLUMNS = ("organisation", "sector", "line", "number", "source", "read_on")
# The day of the program's list. A page may have changed since it was read, so the day is always shown.
LISTED_ON = date(2026, 11, 22)
_MOST_BYTES, _LONGEST, _MOST_FAULTS_TOLD = 256 * 1024, 80, 12
_NUMBER = re.compile(r"\+?[\d ()-]{3,24}")
_OLD = "(older page)"
_NOT_IN_A_PATH = re.compile(r"[^a-z0-9]+")


def organisation_files(case_file: CaseFile) -> dict[str, bytes]:
    """The organisations and their numbers as a file of a release.

    Args:
        case_file: The case.

    Raises:
        RingbackError: `organisation_numbers_bad`, or `file_linked`.
    """
    own: list[dict[str, str]] = []
    path = case_file.case.path / OWN_LIST
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
            own = read_own_list(file.read(_MOST_BYTES + 1), today=case_file.clock.now().date())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise RingbackError("organisation_numbers_bad", path=path.absolute(), problems=say_problem(error)) from error
    except ValueError as error:
        raise RingbackError("organisation_numbers_bad", path=path.absolute(), problems=str(error)) from error
    found = list_organisations([*_without(packaged_list(), own), *own])
    return {ORGANISATIONS: (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()}


def packaged_list() -> list[dict[str, str]]:
    """The rows of the program's list that may be published, with the columns of `COLUMNS`."""
    return [
        {
            "organisation": row["organisation"],
            "sector": row["sector"],
            "line": row["line"],
            "number": row["number_as_published"],
            "source": (urlsplit(row["source_url"]).hostname or "").removeprefix("www."),
            "read_on": LISTED_ON.isoformat(),
        }
        for row in published_rows()
        if row["confidence"] == "high" and _OLD not in row["line"]
    ]


def read_own_list(content: bytes, *, today: date) -> list[dict[str, str]]:
    """The rows of a case's own list.

    Args:
        content: A CSV with `COLUMNS`; `read_on` is the day, as ISO 8601, on which the number was read at its source.
        today: No number can have been read after it.

    Raises:
        ValueError: What is wrong, by line and field, without any number.
    """
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 1024} kB")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"it is no CSV: {error}") from error
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"it has no column {', '.join(missing)}")
    faults = [f"row {place}: {fault}" for place, row in enumerate(rows, 1) for fault in _faults(row, today)]
    if faults:
        more = len(faults) - _MOST_FAULTS_TOLD
        raise ValueError("; ".join(faults[:_MOST_FAULTS_TOLD]) + (f"; and {more:,} more" if more > 0 else ""))
    return rows


def list_organisations(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Organisations by name, each with the end of its path, its sector and its numbers, each number once.

    Args:
        rows: With the columns of `COLUMNS`.

    Returns:
        For each: name, slug, sector, and numbers: line, number, source, read_on.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        slug = make_slug(row["organisation"])
        one = found.setdefault(
            slug, {"name": row["organisation"], "slug": slug, "sector": row["sector"], "numbers": []}
        )
        number = {name: row[name] for name in ("line", "number", "source", "read_on")}
        if all(_digits(number["number"]) != _digits(other["number"]) for other in one["numbers"]):
            one["numbers"].append(number)
    return sorted(found.values(), key=lambda one: one["name"].casefold())


def make_slug(name: str) -> str:
    """The end of an organisation's path: small letters, digits and dashes, and no more digits than a name has.

    >>> make_slug("Sainsbury's Bank"), make_slug("M&S Bank")
    ('sainsbury-s-bank', 'm-s-bank')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_A_PATH.sub("-", plain).strip("-")


def _faults(row: Mapping[str, str], today: date) -> Iterable[str]:
    for name in ("organisation", "line", "source"):
        # A source is named like a place that people find by themselves, so a domain is let through there.
        for fault in find_text_faults(row[name], longest=_LONGEST):
            if name != "source" or "link or a domain" not in fault:
                yield f"{name}: {fault}"
    if not make_slug(row["organisation"]):
        yield "organisation: it has no letter"
    if not row["number"].isascii() or not _NUMBER.fullmatch(row["number"]):
        yield "number: write it as it is published: digits, blanks, a plus"
    try:
        if date.fromisoformat(row["read_on"]) > today:
            yield "read_on: it has not come yet"
    except ValueError:
        yield "read_on: write it like 2022-11-24"


def _without(rows: Iterable[dict[str, str]], own: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    named = {make_slug(row["organisation"]) for row in own}
    return [row for row in rows if make_slug(row["organisation"]) not in named]


def _digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())
