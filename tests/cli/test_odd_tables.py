"""Exports as they are found, from the exhibit to the list: nobody is lost without a word, and `map` takes anything."""

import csv

import pytest

from sources.delimited.test_written_tables import COUNT, NAMES, TYPES, rows, text
from tiers import first_quick

SUBJECTS = "account,subject,status,area,contact_number\nfox,S-1,arrested,London,\nowl,S-2,arrested,London,\n"
EVERYBODY = {f"+447700900{n:03}" for n in range(1, COUNT + 1) if n % 2}
PLAIN = text(NAMES, *rows())


@pytest.fixture
def outcome(ringback, new_case, tmp_path):
    """Exit code of the run, the list, and what was told."""

    def find(files):
        case = new_case({"subjects.csv": SUBJECTS} | files)
        looked = ringback("map", case)
        assert looked.code in (0, 1), looked.err
        looked.out.encode("utf-8")
        done = ringback("run", case, "--json")
        out = tmp_path / "list.csv"
        assert ringback("victims", case, "--out", out, "--why", "test").code in (0, 1)
        with out.open(encoding="utf-8", newline="") as file:
            return done.code, {row[0] for row in csv.reader(file)} - {"called_number"}, done.json["findings"]

    return find


WHOLE = {
    "rows end in a delimiter": {"calls.csv": text(NAMES, *([*row, ""] for row in rows()), mark="|")},
    "rows lack empty fields": {
        "calls.csv": text([*NAMES, "note", "tag"], *(row + ["x"] * (int(row[0]) % 3) for row in rows()))
    },
    "the header comes again": {"calls.csv": text(NAMES, *rows(1, 10), NAMES, TYPES, *rows(11, 20))},
    "a hint for Excel": {"calls.csv": text("sep=;", NAMES, *rows(), mark=";", end="\r\n")},
    "a title and a total": {
        "calls.csv": text("Calls", "July 2021", "", NAMES, *rows(), "", "Total: 30,,,,,4950,", "Page 1")
    },
    "UTF-16 without a mark": {"calls.csv": PLAIN.encode("utf-16-le")},
    "padding": {"calls.csv": bytes(512) + PLAIN.encode() + bytes(8192)},
    "a second download": {"calls.csv": text(NAMES, *rows(1, 15)), "calls (2).csv": text(NAMES, *rows(16, 15))},
    "an account in another encoding": {
        "subjects.csv": SUBJECTS.replace("owl", "Müller"),
        "calls.csv": PLAIN.replace("owl", "Müller").encode("cp1252"),
    },
    "a name of no encoding": {
        "calls.csv": text([*NAMES, "n\udc81te"], *([*row, "x"] for row in rows())).encode("utf-8", "surrogateescape")
    },
}
LOST = {
    "a row that is torn": {"calls.csv": text([*NAMES, "note"], *rows()) + "31,fox,2021-07-05 12:00:00,,07700 900031,3"},
    "bytes lost inside of rows": {"calls.csv": PLAIN.encode()[:800] + bytes(2048) + PLAIN.encode()[900:]},
    "another header": {"calls.csv": text(NAMES, *rows(1, 29), NAMES[::-1], *rows(30, 1))},
}


@pytest.mark.parametrize("files", first_quick(WHOLE.values()), ids=WHOLE)
def test_everybody_is_on_the_list(outcome, files):
    code, numbers, _told = outcome(files)
    assert (code, numbers) == (0, EVERYBODY)


@pytest.mark.parametrize("files", first_quick(LOST.values(), 1), ids=LOST)
def test_what_is_lost_is_told(outcome, files):
    code, numbers, told = outcome(files)
    assert code == 1
    assert numbers <= EVERYBODY
    assert any("is damaged" in one for one in told)


@pytest.mark.slow
def test_an_accounts_own_number_is_known_beside_bytes_of_another_encoding(outcome):
    # A note in Windows-1252, and blanks in UTF-8, in one line of accounts.
    accounts = b"account,created_at,note,contact_number\nfox,2021-01-01 10:00:00,\x93ours\x94,07700\xc2\xa0900003\n"
    code, numbers, _told = outcome({"calls.csv": PLAIN, "accounts.csv": accounts})
    assert (code, numbers) == (0, EVERYBODY - {"+447700900003"})


@pytest.mark.slow
def test_what_was_taken_as_a_row_or_passed_over_is_told(outcome):
    content = text("Calls", "", [*NAMES, "note"], *rows())
    code, numbers, told = outcome({"calls.csv": content})
    assert (code, numbers) == (0, EVERYBODY)
    assert told == [
        "exhibit EX-002, table calls: lines above the header that were skipped: 1",
        "exhibit EX-002, table calls: rows with fewer fields than the header: 30; their missing last fields were taken"
        " as empty",
    ]
