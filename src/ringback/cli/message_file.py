"""Many messages at once, from a CSV or JSON lines: each row gets an answer, or a reason why it has none."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.signs.check import KINDS, LONGEST, Check, check_signs

_CELL_MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list of messages.

    Attributes:
        number: Its place in the file, from 1.
        id: Its own name; its number where it has none.
        text: The message.
        kind: text, email or call.
        problem: Why it is no message; '' where it is one.
    """

    number: int
    id: str
    text: str
    kind: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A row with its check, or with the problem in its place."""

    row: Row
    check: Check | None
    problem: str

    def as_dict(self) -> dict[str, Any]:
        """The answer as a line of JSON, without the text."""
        if self.check is None:
            return {"row": self.row.number, "id": self.row.id, "rejected": self.problem}
        return {"row": self.row.number, "id": self.row.id, **self.check.as_dict()}


def is_list(path: Path) -> bool:
    """Whether a file holds many messages, by its ending."""
    return path.suffix.lower() in {".csv", ".jsonl", ".ndjson"}


def count_rows(path: Path) -> int:
    """How many lines a list has, for a bar."""
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def read_rows(path: Path, *, kind: str = "text") -> Iterator[Row]:
    """The rows of a CSV (with a column `text`) or of JSON lines (with a field `text`); `id` and `kind` may be there.

    Raises:
        RingbackError: `messages_unreadable`.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            yield from _read_csv(path, lines, kind) if path.suffix.lower() == ".csv" else _read_json(lines, kind)
    except OSError as error:
        raise RingbackError("messages_unreadable", path=path.absolute(), problem=say_problem(error)) from error


def check_rows(rows: Iterator[Row], *, today: date | None = None, calendar: str = "") -> Iterator[Answer]:
    """Check each row. A row that cannot be checked is answered with the reason, and the next one follows."""
    for row in rows:
        if row.problem:
            yield Answer(row, None, row.problem)
            continue
        try:
            yield Answer(row, check_signs(row.text, kind=row.kind, today=today, calendar=calendar), "")
        except RingbackError as error:
            yield Answer(row, None, str(error))


def _read_csv(path: Path, lines: TextIO, kind: str) -> Iterator[Row]:
    csv.field_size_limit(_CELL_MOST)
    reader = csv.DictReader(lines)
    try:
        if "text" not in (reader.fieldnames or ()):
            columns = ", ".join(reader.fieldnames or ()) or "none"
            raise RingbackError(
                "messages_unreadable", path=path.absolute(), problem=f"it has no column text; its columns: {columns}"
            )
        for number, held in enumerate(reader, start=1):
            yield _row(number, held, kind)
    except csv.Error as error:
        raise RingbackError(
            "messages_unreadable", path=path.absolute(), problem=f"line {reader.line_num}: {error}"
        ) from error


def _read_json(lines: TextIO, kind: str) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(number, str(number), "", kind, "the line is not JSON")
            continue
        if isinstance(held, dict):
            yield _row(number, held, kind)
        else:
            yield Row(number, str(number), "", kind, "the line is no JSON object")


def _row(number: int, held: dict[str, Any], kind: str) -> Row:
    text, own_kind = held.get("text"), held.get("kind") or kind
    id_ = str(held.get("id") or number)
    if not isinstance(text, str):
        return Row(number, id_, "", kind, "it has no text")
    if own_kind not in KINDS:
        return Row(
            number, id_, "", kind, f"there is no kind of message {own_kind!s:.20}; there are: {', '.join(KINDS)}"
        )
    if len(text) > LONGEST:
        return Row(number, id_, "", own_kind, f"it has {len(text):,} characters; at most {LONGEST:,} can be checked")
    return Row(number, id_, text, own_kind)
