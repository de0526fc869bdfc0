"""Exports in any shape: no row is dropped silently, and what each row says comes through."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alert_rows import make_case_file
from ringback.errors import RingbackError
from ringback.records.db import writing
from ringback.records.report_tables import report_imports, report_losses, reports
from ringback.records.reports import list_reports
from ringback.victim_reports.imports.columns import ChosenColumns
from ringback.victim_reports.imports.export_file import open_export
from ringback.victim_reports.imports.importing import find_columns, import_export
from ringback.victim_reports.sealing import open_content
from tiers import examples
from victim_reports.imports.export_shapes import exports


@pytest.fixture(scope="module")
def shared_case(tmp_path_factory):
    """One case for all examples; each begins without reports."""
    made = make_case_file(tmp_path_factory.mktemp("shapes"))
    yield made
    made.records.dispose()


def empty(case_file):
    with writing(case_file.records).begin() as connection:
        for table in (report_losses, reports, report_imports):
            connection.execute(table.delete())


def contents(case_file):
    with case_file.records.connect() as connection:
        rows = list_reports(connection)
    keys = case_file.keys()
    return [(row.source_row, open_content(row.sealed, row.key_sealed, keys, report=row.id)) for row in rows]


def says(content):
    """What a content says, in the oracle's terms."""
    told = {
        "centre_reference": content.centre_reference, "called_on": content.called_on, "called_at": content.called_at,
        "called_number": content.called_number, "shown_number": content.shown_number, "loss": content.lost_pence,
        "story": content.story, "name": content.reporter.name, "claimed": content.claimed,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value not in ("", None, 0)}


TELLING = {"called_on", "called_number", "shown_number", "loss", "story", "claimed"}


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(export=exports(), again=st.booleans())
def test_every_row_is_accounted_for_and_says_what_it_said(shared_case, export, again):
    empty(shared_case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{export.ending}"
        path.write_bytes(export.data)
        opened = open_export(path, shared_case.limits())
        # A column in which no row says anything may be missing from JSON altogether.
        told = {one for row in export.rows for one, text in row.texts.items() if text}
        if export.ending != "csv" and not told & TELLING:
            with suppress(RingbackError):
                find_columns(opened, ChosenColumns())
            return
        mapping = find_columns(opened, ChosenColumns())
        for one, column in export.columns.items():
            if export.ending == "csv" or one in told:
                assert mapping.columns[one] == column
        done = import_export(shared_case, opened, mapping, who="alice", why="a test")
        second = import_export(shared_case, opened, mapping, who="alice", why="once more") if again else None
    expected = {
        place: {name: value for name, value in row.says.items() if value != ""}
        for place, row in enumerate(export.rows, 1)
        if not row.wrong and TELLING & row.says.keys()
    }
    assert (done.rows, done.imported, done.known) == (len(export.rows), len(expected), 0)
    found = dict(contents(shared_case))
    assert {place: says(content) for place, content in found.items()} == expected
    faulty = {place for place in range(1, len(export.rows) + 1) if place not in expected}
    assert {one.row for one in done.rejected} == faulty
    for place in faulty:
        fields = {one.field for one in done.rejected if one.row == place}
        wrong = {export.columns[one] for one in export.rows[place - 1].wrong}
        assert fields == (wrong or {""})
    if second:
        assert (second.imported, second.known, second.rejected_rows) == (0, len(expected), len(faulty))


def test_short_and_long_rows_are_read_or_named(shared_case, tmp_path):
    """A row that lacks what nobody reads is taken; one that has too much is rejected with its number."""
    empty(shared_case)
    path = tmp_path / "export.csv"
    path.write_text(
        "Description,Victim phone,Loss amount,Ward\n"
        "a,07700 900123,5,x\nb,07700 900124,6\nc,07700 900125,7,x,y,z\nd\ne,07700 900126,8,x\n"
    )
    opened = open_export(path, shared_case.limits())
    done = import_export(shared_case, opened, find_columns(opened, ChosenColumns()), who="a", why="a test")
    assert done.rows == 5
    assert done.imported + done.rejected_rows == 5
    kept = {row: (one.story, one.lost_pence) for row, one in contents(shared_case)}
    assert {1: ("a", 500), 2: ("b", 600), 5: ("e", 800)}.items() <= kept.items()
    assert 3 in {one.row for one in done.rejected}


def test_a_torn_file_is_told_as_damaged(shared_case, tmp_path):
    empty(shared_case)
    path = tmp_path / "export.json"
    path.write_text('[{"Description": "a", "Loss": "5"}, {"Description": "b", "Lo')
    opened = open_export(path, shared_case.limits())
    done = import_export(shared_case, opened, find_columns(opened, ChosenColumns()), who="a", why="a test")
    assert done.imported == 1
    assert done.damage or done.rejected_rows


def test_values_are_in_no_reason_and_in_no_entry(shared_case, tmp_path):
    empty(shared_case)
    path = tmp_path / "07700 900123.csv"
    path.write_text("Description,Loss,Date of incident\nsecret,secret sum,secret day\n")
    opened = open_export(path, shared_case.limits())
    done = import_export(shared_case, opened, find_columns(opened, ChosenColumns()), who="a", why="a test")
    told = repr(done) + "".join(entry.facts for entry in shared_case.log.entries())
    assert "secret" not in told
    assert "900123" not in told
