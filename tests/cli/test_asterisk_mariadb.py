"""A seizure and hostile rows in a real MariaDB as the documented Asterisk table, dumped by the real mysqldump, run."""

import csv

import pytest

import mariadb_server
from ringback.case.case_file import open_case_file
from ringback.ingest.exhibits import seized_file
from ringback.settings import Settings
from ringback.sources.exhibit_reader import read_exhibit
from ringback.sources.fields.missing_values import is_nothing
from ringback.sources.mapping import make_mapping
from ringback.sources.reading_tally import ReadingTally

OPTIONS = {
    "default": (),
    "complete": ("--complete-insert",),
    "single": ("--skip-extended-insert",),
    "hex": ("--hex-blob",),
}
# Column of the documented table to the field it is read as.
READ_AS = {
    "calldate": "started_at",
    "src": "presentation_number",
    "dst": "called_number",
    "billsec": "duration",
    "disposition": "disposition",
    "accountcode": "account",
    "linkedid": "call_id",
}


def as_cdr(row):
    """One call of the seizure as Asterisk would log it: ringing counts in duration, talk time is billsec."""
    talk = int(row["duration_s"] or 0)
    return {
        "calldate": row["started_at"],
        "src": row["presentation_number"][:80],
        "dst": row["called_number"][:80],
        "duration": talk + 9,
        "billsec": talk,
        "disposition": row["disposition"] or "ANSWERED",
        "accountcode": row["account"],
        "uniqueid": row["call_id"],
        "linkedid": row["call_id"],
    }


@pytest.fixture(scope="module")
def dumps(mariadb, seizures, tmp_path_factory):
    """The dump in every option set, and what the server itself returns."""
    folder = tmp_path_factory.mktemp("dumps")
    with (seizures / "csv" / "calls.csv").open(newline="", encoding="utf-8", errors="replace") as file:
        rows = [as_cdr(row) for row in csv.DictReader(file) if row["started_at"] and row["leg"] != "a"]
    mariadb_server.create_database(mariadb, "asterisk")
    with mariadb.connect("asterisk") as connection:
        mariadb_server.load_cdr(connection, rows)
        mariadb_server.load_cdr(connection, mariadb_server.hostile_calls())
        connection.commit()
    with mariadb.connect("asterisk", conv={}) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(READ_AS)} FROM cdr")
        served = cursor.fetchall()
    for name, options in OPTIONS.items():
        mariadb_server.dump_to_file(mariadb, "asterisk", folder / f"{name}.sql", *options)
    return folder, served


def calls_as_seized(case):
    """The rows of the first exhibit's calls, every value as it was seized, but for words that stand for none."""
    case_file = open_case_file(case, settings=Settings())
    chosen, exhibits = case_file.case.settings, case_file.exhibits
    mapping = make_mapping(chosen.preset, chosen.tables, toml=case_file.case.toml)
    read = read_exhibit(seized_file(case_file, exhibits[0], exhibits), mapping, tally=ReadingTally())
    return [row for role, table in read if role == "calls" for row in table.to_pylist()]


def test_every_option_set_gives_the_same_victims_and_every_row(ringback, seizures, dumps, new_case, tmp_path):
    folder, served = dumps
    expected = sorted(tuple("" if value is None or is_nothing(value) else value for value in row) for row in served)
    lists = set()
    for name in OPTIONS:
        files = {"cdr.sql": (folder / f"{name}.sql").read_bytes()}
        for other in ("accounts.csv", "subjects.csv", "site_numbers.csv"):
            files[other] = (seizures / "csv" / other).read_bytes()
        case = new_case(files, preset="asterisk", name=name, first_day="2020-12-01", last_day="2022-11-24")
        done = ringback("run", case, "--json")
        assert done.code == 0, done.err
        read = done.json["funnel"][0]
        assert (read["in"], read["kept"]) == (len(served), len(served))
        rows = calls_as_seized(case)
        assert sorted(tuple(row[field] or "" for field in READ_AS.values()) for row in rows) == expected
        listed = tmp_path / f"{name}.csv"
        assert ringback("victims", case, "--out", listed, "--no-origin", "--why", "a test").code == 0
        lists.add(listed.read_bytes())
    assert len(lists) == 1
    assert lists.pop().count(b"\n") > 20
