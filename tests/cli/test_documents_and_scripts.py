"""From the seized file to the list: JSON documents, dumps that are folders, and scripts, each as a user adds it."""

import csv
import json

import pytest

from cli.conftest import NO_VICTIMS
from tiers import first_quick

PEOPLE = 12
CALLS = [
    ("2021-07-01 14:55:02", f"077009001{n:02}", 30 + 10 * n if n else 0, "ANSWERED" if n else "NO ANSWER", "fox")
    for n in range(PEOPLE)
]
COLUMNS = ("started_at", "called_number", "duration", "disposition", "account")
VICTIMS = {f"+4477009001{n:02}" for n in range(4, PEOPLE)}
SUBJECTS = "account,subject,status,area,contact_number\nfox,S-1,arrested,London,\n"
CREATE = (
    "CREATE TABLE `calls` (\n  `started_at` datetime,\n  `called_number` varchar(40),\n  `duration` int,\n"
    "  `disposition` varchar(20),\n  `account` varchar(20)\n);\n"
)
OBJECTS = [dict(zip(COLUMNS, call, strict=True)) for call in CALLS]


def values(call, *, text="'{}'", time="'{}'"):
    at, number, talk, how, who = call
    return f"({time.format(at)}, {text.format(number)}, {talk}, {text.format(how)}, {text.format(who)})"


def csv_of(calls):
    return "\n".join([",".join(COLUMNS), *(",".join(map(str, call)) for call in calls), ""])


def inserts(calls):
    return "/*!40101 SET NAMES binary*/;\nINSERT INTO `calls` VALUES" + ",\n".join(map(values, calls)) + ";\n"


MSSQL = "USE [panel]\nGO\n" + "".join(
    f"INSERT [dbo].[calls] ([{'], ['.join(COLUMNS)}]) VALUES"
    f" {values(call, text='N{!r}', time='CAST(N{!r} AS DateTime)')}\nGO\n"
    for call in CALLS
)
ORACLE = "SET DEFINE OFF;\n" + "".join(
    f"Insert into CALLS ({','.join(COLUMNS).upper()}) values"
    f" {values(call, time='to_date({!r},{!r})'.replace('{!r})', repr('YYYY-MM-DD HH24:MI:SS') + ')'))};\n"
    for call in CALLS
)
SEIZURES = {
    "an indented array": {"calls.json": json.dumps(OBJECTS, indent=2)},
    "an array beside a csv": {"calls-2020.csv": csv_of(CALLS[:6]), "calls-2021.json": json.dumps(OBJECTS[6:])},
    "a tree beside a csv": {
        "calls-2020.csv": csv_of(CALLS[:6]),
        "calls-2021.json": json.dumps({"export": OBJECTS[6:], "version": 2}, indent=1),
    },
    "pages": {"calls.json": "\n".join(json.dumps({"data": OBJECTS[n : n + 4], "next": n}) for n in (0, 4, 8))},
    "extended json": {
        "calls.json": "\n".join(
            json.dumps(call | {"duration": {"$numberInt": str(call["duration"])}, "_id": {"$oid": "1"}})
            for call in OBJECTS
        )
    },
    "a key that comes late": {
        "calls.json": json.dumps([{k: v for k, v in c.items() if v or k != "duration"} for c in OBJECTS])
    },
    "mydumper": {
        "panel.calls-schema.sql": CREATE,
        "panel.calls.00000.sql": inserts(CALLS[:6]),
        "panel.calls.00001.sql": inserts(CALLS[6:]),
    },
    "mysqldump --tab": {
        "calls.sql": CREATE,
        "calls.txt": "".join("\t".join(map(str, call)) + "\n" for call in CALLS),
    },
    "sql server": {"calls.sql": MSSQL.encode("utf-16")},
    "oracle": {"export.sql": ORACLE},
    "mysqldump in utf-16": {
        "calls.sql": ("-- MySQL dump\n" + CREATE + inserts(CALLS) + "-- Dump completed\n").encode("utf-16")
    },
}


@pytest.fixture
def run_case(ringback, tmp_path):
    """A function that makes and runs a case of files, singly or in a folder; gives exit codes and the list."""

    def run(files, *, folder, settings=""):
        place = tmp_path / "seized"
        place.mkdir(exist_ok=True)
        for name, data in {**files, "subjects.csv": SUBJECTS}.items():
            (place / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        case = tmp_path / "case"
        ringback("case", "new", case, "--name", "Test", "--first-day", "2020-12-01", "--last-day", "2022-11-30")
        added = ringback("exhibit", "add", case, *([place] if folder else sorted(place.iterdir())))
        assert added.code == 0, added.err
        for name, text in NO_VICTIMS.items():
            (tmp_path / name).write_text(text)
            assert ringback("exhibit", "add", case, tmp_path / name).code == 0
        toml = case / "case.toml"
        toml.write_text(toml.read_text() + settings)
        done = ringback("run", case)
        out = tmp_path / "list.csv"
        ringback("victims", case, "--out", out, "--why", "test")
        listed = {row["called_number"] for row in csv.DictReader(out.open())} if out.exists() else set()
        return done, listed

    return run


@pytest.mark.parametrize("folder", first_quick([False, True], 1))
@pytest.mark.parametrize("seizure", first_quick(SEIZURES, 1))
def test_everybody_is_on_the_list(run_case, seizure, folder):
    done, listed = run_case(SEIZURES[seizure], folder=folder)
    assert (done.code, listed) == (0, VICTIMS), done.out + done.err


@pytest.mark.parametrize(
    "file",
    first_quick(
        [
            {"calls-2021.json": json.dumps({"calls": {str(n): call for n, call in enumerate(OBJECTS)}})},
            {"calls-2021.json": json.dumps(OBJECTS)[:-300]},
            {"calls-2021.json": json.dumps(OBJECTS).replace('"duration": 60', '"duration": 6x0')},
            {"calls-2021.json": json.dumps({"header": 1, "rows": [list(call) for call in CALLS]})},
            {"calls-2021.json": "\n".join(f"{{'account': 'fox', 'n': {n}}}" for n in range(9))},
            {"calls-2021.sql": MSSQL.replace("CAST(N", "my_cast(N")},
            {"calls-2021.sql": inserts(CALLS)},
            {"calls-2021.sql": ORACLE[:-60]},
            {
                "calls-2021.sql": CREATE.replace("varchar(40)", "varchar(40), x int"),
                "calls-2021.txt": "\t".join(map(str, CALLS[0])),
            },
        ]
    ),
)
def test_what_cannot_be_read_beside_what_can_is_never_silent(run_case, file):
    done, _listed = run_case({"calls-2020.csv": csv_of(CALLS[:6]), **file}, folder=False)
    assert done.code in (1, 2)
    assert "EX-002" in done.out + done.err


def test_case_toml_says_which_file_defines_the_columns(run_case):
    swapped = CREATE.replace("called_number", "x").replace("account", "called_number").replace("`x`", "`account`")
    files = {"a.sql": swapped, "b.sql": CREATE, "data.sql": inserts(CALLS)}
    done, listed = run_case(files, folder=False)
    assert (done.code, listed) == (2, set())
    assert "columns_from" in done.err


@pytest.mark.slow
def test_case_toml_is_obeyed(run_case):
    swapped = CREATE.replace("called_number", "x").replace("account", "called_number").replace("`x`", "`account`")
    files = {"a.sql": swapped, "b.sql": CREATE, "data.sql": inserts(CALLS)}
    done, listed = run_case(files, folder=False, settings='\n[exhibits.EX-003]\ncolumns_from = "EX-002"\n')
    assert (done.code, listed) == (0, VICTIMS), done.out + done.err
