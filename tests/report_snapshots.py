"""Snapshots of reports for tests and benchmarks: from rows, from contents, or from a synthetic centre's export.

They are written here by hand, as plainly as can be: what makes them in a case is tested by itself.
"""

import csv
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.numbers.organisations import organisation_names
from ringback.schemas.reports import LOSS_ASSESSMENTS, REPORTS
from stages.literal_tables import arrow

# What a report says that says nothing.
NOTHING = {
    "called_on_sure": "unsure",
    "part_of_day": "unknown",
    "claimed_typed": "",
    "talk_time": "unknown",
    "lost_pence": 0,
    "kind": "crime",
    "whose": "own",
}


def report(name="R-0001", **values):
    """A row of REPORTS that says nothing but what is given."""
    return {"report": name, **NOTHING, **values}


def write_snapshot(path: Path, rows) -> Path:
    """Rows of REPORTS as a snapshot."""
    pq.write_table(arrow(REPORTS, rows), path)
    return path


def write_assessments(path: Path, rows) -> Path:
    """Rows of LOSS_ASSESSMENTS as a file."""
    pq.write_table(arrow(LOSS_ASSESSMENTS, rows), path)
    return path


def from_content(name, content, *, number_digest=None):
    """A row of REPORTS from the content of a report."""
    at = content.called_at
    days = [loss.on for loss in content.losses if loss.on]
    return report(
        name,
        number_digest=number_digest,
        called_number=content.called_number or None,
        one_short=None if content.called_number else read_one_short(content.called_number_typed),
        shown_number=content.shown_number or None,
        called_on=content.called_on,
        called_on_sure=content.called_on_sure.value,
        called_at=at and seconds_of(at),
        part_of_day=content.part_of_day.value,
        claimed=find_claimed(content.claimed),
        claimed_typed=content.claimed,
        talk_time=content.talk_time.value,
        lost_pence=content.lost_pence,
        kind=content.kind.value,
        whose=content.whose.value,
        statement_on=min(days, default=None),
    )


def read_export(folder: Path, digests=None):
    """Rows of REPORTS from a synthetic centre's export, and its truth: (rows, truth by report).

    Args:
        folder: The folder of the seizure.
        digests: Gives the keyed digest of a number: reports that began with our text get it and
            the number, as a snapshot has them from the alert.
    """
    with (folder / "truth" / "reports.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["crime_reference"]: row for row in csv.DictReader(file)}
    with (folder / "reports" / "reports.csv").open(newline="", encoding="utf-8") as file:
        rows = [_row(row, truth[row["crime_reference"]], digests) for row in csv.DictReader(file)]
    return rows, truth


def _row(told, truth, digests):
    text = told["has_our_text"] == "yes" and digests is not None
    one_short = None if text else read_one_short(told["number_called"])
    typed = None if one_short else read_typed(told["number_called"])
    return report(
        told["crime_reference"],
        number_digest=digests(truth["about"]) if text else None,
        called_number=truth["about"] if text else typed,
        one_short=one_short,
        shown_number=read_typed(told["number_shown"]),
        called_on=read_day(told["call_date"]),
        called_on_sure=told["call_date_certainty"],
        called_at=seconds_of(time.fromisoformat(told["call_time"])) if told["call_time"] else None,
        part_of_day=told["part_of_day"] or "unknown",
        claimed=find_claimed(told["caller_claimed"]),
        claimed_typed=told["caller_claimed"],
        talk_time=told["call_length"] or "unknown",
        lost_pence=round(float(told["loss_gbp"] or 0) * 100),
        kind=told["report_type"],
        whose=told["whose_phone"],
        statement_on=read_day(told["loss_date"]),
    )


def seconds_of(at: time) -> int:
    """A time of day in seconds since midnight."""
    return at.hour * 3600 + at.minute * 60 + at.second


def read_day(text: str) -> date | None:
    """A day as the centre writes it."""
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007 - a day has no zone


def read_typed(text: str) -> str | None:
    """A UK number as the export has it, in E.164."""
    digits = "".join(char for char in text if char.isdigit())
    if not digits:
        return None
    return f"+{digits}" if text.startswith("+") else f"+44{digits[1:]}"


def read_one_short(text: str) -> int | None:
    """The digits of a UK mobile with one digit missing, 44 in front; None for any other number."""
    number = read_typed(text) or ""
    return int(number) if number.startswith("+447") and len(number) == 12 else None


def find_claimed(text: str) -> str | None:
    """The longest name of an organisation that stands in a text."""
    names = [name for name in organisation_names() if name.lower() in text.lower()]
    return max(names, key=len, default=None)


def rows_of(path: Path) -> list[dict]:
    """The rows of a Parquet file."""
    table: pa.Table = pq.read_table(path)
    return table.to_pylist()
