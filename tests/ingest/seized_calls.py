"""Made-up calls in files of several formats, and what intake makes of them with the real readers and tiny batches."""

import csv
import io
import json
import sqlite3
import tarfile
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest

from ringback import schemas as t
from ringback.case.case_file import new_case
from ringback.case.registration import register
from ringback.engine.store import RunStore
from ringback.engine.time_zones import day_start, zone_offsets
from ringback.ingest.call_parser import CallTexts
from ringback.ingest.exhibits import read_exhibits
from ringback.ingest.timestamps import TimestampReader
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from ringback.progress import NullProgress
from ringback.settings import Settings
from ringback.sources import coalesce
from ringback.sources.delimited import reader as delimited
from ringback.sources.json import lines as json_lines
from ringback.sources.json import rows as json_rows
from ringback.sources.mapping import make_mapping
from ringback.sources.sqlite import read_sqlite

FIELDS = ("call_id", "account", "started_at", "called_number", "duration", "answered_at", "ended_at", "disposition")
NUMBERS = ColumnReader(DialPlan())


def a_call(name, *, rang=20, talked=None, word=None):
    """A call that rang so long, and in which people talked so long; nobody answered without `talked`.

    Its duration counts the ringing too.
    """
    at = 3600 * 10
    answered = None if talked is None else _clock(at + rang)
    duration = rang + (talked or 0)
    values = (name, "ann", _clock(at), "07700 900001", str(duration), answered, _clock(at + duration), word)
    return dict(zip(FIELDS, values, strict=True))


def _clock(seconds):
    return f"2021-07-01 {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def without(call, *fields):
    """A call of a table that has no such columns."""
    return {name: value for name, value in call.items() if name not in fields}


def as_csv(calls):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(calls[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(calls)
    return text.getvalue().encode()


def as_lines(calls):
    return "".join(json.dumps(call) + "\n" for call in calls).encode()


def as_sqlite(path, **tables):
    with sqlite3.connect(path) as database:
        for table, calls in tables.items():
            names = list(calls[0])
            database.execute(f'CREATE TABLE "{table}" ({", ".join(f"{name} TEXT" for name in names)})')
            marks = ", ".join("?" for _ in names)
            database.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [list(call.values()) for call in calls])
    database.close()
    return path.read_bytes()


def as_archive(**members):
    """A tar; `calls_1__csv` is the file calls_1.csv in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "."))
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


@contextmanager
def batches_of(rows):
    """Let the readers cut their batches after so many rows, and an archive gather no more."""
    with pytest.MonkeyPatch.context() as patch:
        for function, name in (
            (read_sqlite, "batch_rows"),
            (delimited.read_delimited, "batch_rows"),
            (json_lines.read_json, "batch_rows"),
            (coalesce.gathered, "rows"),
        ):
            patch.setitem(function.__kwdefaults__, name, rows)
        # CSV is read in blocks of bytes; a line of these calls has about a hundred.
        patch.setattr(delimited, "_BLOCK_BYTES", 110 * rows)
        patch.setattr(json_rows, "FIRST_OBJECTS", rows)
        yield


class Intake:
    """A case with exhibits, and what comes of them."""

    def __init__(self, folder):
        settings = Settings(keys_dir=folder / "keys")
        self.case_file = new_case(folder / "case", settings=settings, name="Test")
        self.folder = folder
        self.store = RunStore(folder / "run")

    def add(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        register(self.case_file, path)

    def read(self, *, rows=20_000, progress=None):
        first, until = (day_start("Europe/London", day) for day in _period(self.case_file))
        texts = CallTexts(NUMBERS, TimestampReader(zone_offsets("Europe/London")), first_at=first, until_at=until)
        with batches_of(rows):
            read_exhibits(
                self.case_file,
                self.case_file.exhibits,
                self.store,
                mapping=make_mapping("ringback", {}, toml="case.toml"),
                call_texts=texts,
                progress=progress or NullProgress(),
            )
        return self

    def calls(self):
        return [row for part in self.store.parts(t.PARSED_CALLS.name) for row in pq.read_table(part).to_pylist()]

    def talk(self):
        """Talk time of each call by its identifier."""
        found = {row["call_id"]: row["duration_s"] for row in self.calls()}
        assert len(found) == len(self.calls())
        return found

    def note(self):
        return self.store.facts["reading"]["EX-001"]


def _period(case_file):
    return case_file.case.settings.first_day, case_file.case.settings.last_day


@contextmanager
def intake_in(folder, name=None, content=None, **options):
    """What comes of one file."""
    made = Intake(folder)
    try:
        if name is not None:
            made.add(name, content)
            made.read(**options)
        yield made
    finally:
        made.case_file.records.dispose()
