"""Delimited text as exports, spreadsheets and disks leave it: which calls are read, and what is reported."""

from collections import Counter

import pytest

from sources.whole_exhibits import read_whole

NAMES = ["call_id", "account", "started_at", "presentation_number", "called_number", "duration", "disposition"]
COUNT = 30


def called(n):
    return f"07700 900{n:03}"


def values(n):
    """One call; every second one is long enough to count."""
    return [
        f"{n}", ("fox", "owl")[n % 2], f"2021-07-{1 + n % 28:02} 12:00:{n % 60:02}", "0345 600 2323", called(n),
        f"{(30, 300)[n % 2]}", "ANSWERED",
    ]  # fmt: skip


def rows(first=1, count=COUNT):
    return [values(n) for n in range(first, first + count)]


EVERYBODY = {called(n) for n in range(1, COUNT + 1) if n % 2}


def text(*lines, mark=",", end="\n"):
    return end.join([*(line if isinstance(line, str) else mark.join(line) for line in lines), ""])


@pytest.fixture
def outcome(tmp_path):
    """Whether there is damage, the numbers of long calls, the remarks, and rejected rows by reason."""

    def find(content, *, name="calls.csv", tables=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found = read_whole(path, tables=tables)
        calls = found.values("called_number", "duration")
        long = {number for number, duration in calls if number and number.isprintable() and int(duration or 0) > 60}
        rejected = [one for one in found.tally.rejections if one.row]
        told = [one.detail for one in found.tally.rejections if one.damage or not one.row]
        seen = sum(found.tally.rows.values()) + len(rejected)
        assert seen == sum(found.tally.seen.values())
        return any(one.damage for one in found.tally.rejections), long, told, Counter(one.reason for one in rejected)

    return find


def without_empty_end(row):
    while row and not row[-1]:
        row = row[:-1]
    return row


RAGGED = {
    "a delimiter ends each row": text(NAMES, *([*row, ""] for row in rows())),
    "two delimiters end each row": text(NAMES, *([*row, "", ""] for row in rows()), mark=";"),
    "a quoted empty field ends each row": text(NAMES, *([*row, '""'] for row in rows()), mark="|"),
    "a delimiter ends some rows": text(NAMES, *(row + [""] * (n % 3 == 0) for n, row in enumerate(rows()))),
    "one row alone, and a delimiter ends it": text(NAMES, [*values(1), ""]),
    "empty fields at the end are left out": text(
        [*NAMES, "note", "tag"],
        *(without_empty_end([*row, *(("x", "y"), ("x", ""), ("", ""))[n % 3]]) for n, row in enumerate(rows()))
    ),
    "the last column is never there": text([*NAMES, "note"], *rows(), mark=";"),
    "talk time is the last that all rows have": text(
        NAMES, *(row[: 7 - n % 2] for n, row in enumerate(rows())), mark="\t"
    ),
    "one row in many is short, behind all that is read": text(
        [*NAMES, "note", "tag"], *(row + ["x"] + ["y"] * (n != 4) for n, row in enumerate(rows()))
    ),
    "the header ends in a delimiter": text([*NAMES, ""], *rows()),
    "the header ends in three delimiters": text([*NAMES, "", "", ""], *rows(), mark=";"),
    "short rows without a last line end": text([*NAMES, "note"], *rows())[:-1],
}  # fmt: skip


@pytest.mark.parametrize("content", RAGGED.values(), ids=RAGGED)
def test_rows_with_fewer_or_surplus_empty_fields_are_read(outcome, content):
    damage, numbers, _told, unread = outcome(content)
    everybody = {min(EVERYBODY)} if content.count("\n") == 2 else EVERYBODY
    assert (damage, numbers, unread) == (False, everybody, {})


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("the last column is never there", "rows with fewer fields than the header: 30;"),
        ("two delimiters end each row", "rows with empty fields beyond those of the header: 30;"),
    ],
)
def test_the_number_of_rows_with_fewer_or_more_fields_is_reported(outcome, kind, words):
    _damage, _numbers, told, _unread = outcome(RAGGED[kind])
    assert any(words in one for one in told)


CUT = {
    "inside of the number dialled": lambda row: [*row[:4], row[4][:7]],
    "behind the number dialled": lambda row: row[:5],
    "inside of the talk time": lambda row: [*row[:5], row[5][:1]],
    "behind the account": lambda row: row[:2],
}


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT)
def test_a_single_row_that_is_cut_off_is_rejected(outcome, cut):
    lines = [cut(row) if n == 6 else row for n, row in enumerate(rows())]
    _damage, numbers, _told, unread = outcome(text(NAMES, *lines))
    assert (numbers, unread) == (EVERYBODY - {called(7)}, {"field_count": 1})


@pytest.mark.parametrize("share", [2, 3])
def test_many_rows_without_a_number_dialled_are_rejected_and_not_read_as_empty(outcome, share):
    lines = [row[:4] if n % share == 0 else row for n, row in enumerate(rows())]
    _damage, _numbers, _told, unread = outcome(text(NAMES, *lines))
    assert unread == {"field_count": 30 // share}


def test_a_row_shifted_by_a_delimiter_without_quotes_is_never_read_as_one(outcome):
    # Its last field is empty, so it looks like a row that ends in a delimiter.
    names = ["started_at", "account", "shown", "presentation_number", "called_number", "duration", "note"]
    lines = [[row[2], row[1], "Bank, London" if n % 4 == 0 else "Bank", *row[3:6], ""] for n, row in enumerate(rows())]
    _damage, numbers, _told, unread = outcome(text(names, *lines))
    assert numbers == EVERYBODY - {called(n + 1) for n in range(0, 30, 4)}
    assert unread == {"field_count": 8}


LAST = [
    "31,fox,2021-07-05 12:00:00,0345 600 2323,07700 9000",
    "31,fox,2021-07-05 12:00:00,0345 600 2323,07700 900031,3",
]


@pytest.mark.parametrize("last", LAST)
@pytest.mark.parametrize("notes", [0, 1, 2])
def test_a_torn_last_row_is_damage_also_where_rows_are_short(outcome, last, notes):
    # No row has a note, one has it in two, all have it.
    lines = [row + ["x"] * (notes > n % 2) for n, row in enumerate(rows())]
    damage, numbers, told, unread = outcome(text([*NAMES, "note"], *lines) + last)
    assert (damage, numbers, unread) == (True, EVERYBODY, {"torn_last_row": 1})
    assert any("ends inside this row" in one for one in told)


def quoted(row):
    return [f'"{value}"' for value in row]


AGAIN = {
    "joined with cat": text(NAMES, *rows(1, 10), NAMES, *rows(11, 10), NAMES, *rows(21, 10)),
    "with and without quotes": text(
        NAMES, *rows(1, 10), quoted(NAMES), *map(quoted, rows(11, 10)), NAMES, *rows(21, 10)
    ),
    "with byte order marks": "\ufeff".join(
        ["", text(NAMES, *rows(1, 15), mark=";"), text(NAMES, *rows(16, 15), mark=";")]
    ),
    "on every second line": text(*(line for row in rows() for line in (NAMES, row))),
    "at the end": text(NAMES, *rows(), NAMES),
    "and rows that end in a delimiter": text(
        NAMES, *([*row, ""] for row in rows(1, 15)), NAMES, *([*row, ""] for row in rows(16, 15))
    ),
    "and rows that lack fields": text([*NAMES, "note"], *rows(1, 15), [*NAMES, "note"], *rows(16, 15)),
    "in other letters": text(NAMES, *rows(1, 15), [*(name.upper() for name in NAMES[:3]), *NAMES[3:]], *rows(16, 15)),
}


@pytest.mark.parametrize("content", AGAIN.values(), ids=AGAIN)
def test_the_header_inside_the_file_is_no_call(outcome, content):
    damage, numbers, _told, unread = outcome(content)
    assert (damage, numbers) == (False, EVERYBODY)
    assert set(unread) == {"repeated_header"}


def test_a_header_of_other_columns_inside_the_file_is_damage(outcome):
    swapped = ["call_id", "account", "started_at", "called_number", "presentation_number", "duration", "disposition"]
    damage, _numbers, told, unread = outcome(text(NAMES, *rows(1, 15), swapped, *rows(16, 15)))
    assert damage
    assert unread == {"other_header": 1}
    assert any("split the file" in one for one in told)


def test_a_header_of_fewer_columns_inside_the_file_is_damage(outcome):
    fewer = ["account", "started_at", "called_number", "duration"]
    lines = [[row[1], row[2], row[4], row[5]] for row in rows(16, 15)]
    damage, numbers, _told, unread = outcome(text(NAMES, *rows(1, 15), fewer, *lines))
    assert damage
    assert numbers <= EVERYBODY
    assert unread == {"other_header": 1, "field_count": 15}


TYPES = [
    "INTEGER",
    "VARCHAR(50)",
    "timestamp without time zone",
    "text",
    "varchar(20)",
    "int(11)",
    "character varying(9)",
]
BELOW = {
    "types": text(NAMES, TYPES, *rows()),
    "types below each header": text(NAMES, TYPES, *rows(1, 15), NAMES, TYPES, *rows(16, 15), mark=";"),
    "quoted types": text(NAMES, quoted(TYPES), *rows()),
    "dashes": text(NAMES, ["-" * len(name) for name in NAMES], *rows(), mark="|"),
}


@pytest.mark.parametrize("content", BELOW.values(), ids=BELOW)
def test_a_line_of_types_below_the_header_is_no_call(outcome, content):
    damage, numbers, _told, unread = outcome(content)
    assert (damage, numbers) == (False, EVERYBODY)
    assert set(unread) <= {"type_line", "ruled_line", "repeated_header"}


HINTS = {
    "sep=;": ";",
    "sep=,": ",",
    "SEP=\\t": "\t",
    "Sep=\t": "\t",
    '"sep=;"': ";",
    "sep=|": "|",
    "\ufeffsep=;": ";",
    "sep=^": "^",
}


@pytest.mark.parametrize(("hint", "mark"), HINTS.items())
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_hint_for_excel_is_honoured(outcome, hint, mark, end):
    damage, numbers, _told, unread = outcome(text(hint, NAMES, *rows(), mark=mark, end=end))
    assert (damage, numbers, unread) == (False, EVERYBODY, {})


TITLED = {
    "a title, a period and an empty line": (text("Calls", "Period: 01/07/2021 to 31/08/2021", "", NAMES, *rows()), 2),
    "a title filled up by a spreadsheet": (text("Calls of July,,,,,,", ",,,,,,", NAMES, *rows()), 2),
    "settings above": (text("Report;Calls", "From;2021-07-01", "To;2021-07-31", "", NAMES, *rows(), mark=";"), 3),
    "many settings above few rows": (text(*(f"Setting {n},on" for n in range(40)), NAMES, *rows()), 40),
    "a comment": (text("# exported 2021-08-01 12:00:00, by admin, from node 3", NAMES, *rows(), mark="\t"), 1),
    "and a total below": (text("Calls", NAMES, *rows(), "", ["Total", "", "", "", "", "990", ""]), 1),
    "and a long footer": (text("Calls", NAMES, *rows(), "", "Total: 30 calls", "End of report, page 1"), 1),
    "and a hint for Excel": (text("sep=;", "Calls", "", NAMES, *rows(), mark=";"), 1),
    "and rows that end in a delimiter": (text("Calls", "", NAMES, *([*row, ""] for row in rows())), 1),
    "and rows that lack fields": (text("Calls", "", [*NAMES, "note"], *rows()), 1),
}


@pytest.mark.parametrize(("content", "above"), TITLED.values(), ids=TITLED)
def test_the_header_is_found_below_a_title(outcome, content, above):
    damage, numbers, told, unread = outcome(content)
    assert (damage, numbers) == (False, EVERYBODY)
    assert any(f"lines above the header that were skipped: {above}" in one for one in told)
    assert set(unread) <= {"field_count"}


NAMED = {
    "calls": {
        "table": "anrufe",
        "columns": {
            "account": "Benutzer",
            "started_at": "Datum",
            "called_number": "Gewählte Nummer",
            "duration": "Gesprächsdauer",
        },
    }
}
GERMAN = ["Nr", "Benutzer", "Datum", "Gezeigte Nummer", "Gewählte Nummer", "Gesprächsdauer", "Ergebnis"]
UMLAUTS = text(GERMAN, *rows(), mark=";")
ENCODED = {
    "Windows-1252": UMLAUTS.encode("cp1252"),
    "UTF-8": UMLAUTS.encode("utf-8"),
    "UTF-8, and one line that is none": UMLAUTS.encode("utf-8").replace(b"ANSWERED", b"f\xfcnf", 1),
    "Windows-1252, and values that are UTF-8": UMLAUTS.encode("cp1252").replace(b"ANSWERED", "größer".encode(), 3),
    "UTF-16, little end first": UMLAUTS.encode("utf-16-le"),
    "UTF-16, big end first": UMLAUTS.encode("utf-16-be"),
    "UTF-16 with a mark": UMLAUTS.encode("utf-16"),
    "UTF-16 with a mark, big end first": b"\xfe\xff" + UMLAUTS.encode("utf-16-be"),
    "UTF-16, padded": UMLAUTS.encode("utf-16-le") + bytes(4096),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_the_encoding_is_told_and_names_are_as_they_were_written(outcome, content):
    damage, numbers, _told, unread = outcome(content, name="anrufe.csv", tables=NAMED)
    assert (damage, numbers, unread) == (False, EVERYBODY, {})


PLAIN = text(NAMES, *rows()).encode()
HALF = PLAIN.index(b"\n16,") + 1
PADDED = {
    "at the end": PLAIN + bytes(4096),
    "at the end, behind a row without a line end": PLAIN[:-1] + bytes(512),
    "at the beginning": bytes(4096) + PLAIN,
    "between rows": PLAIN[:HALF] + bytes(1500) + PLAIN[HALF:],
    "behind each row": PLAIN.replace(b"\n", b"\n" + bytes(40)),
    "before each line end": PLAIN.replace(b"\n", bytes(40) + b"\r\n"),
    "more than all the rest": PLAIN + bytes(3_000_000),
}


@pytest.mark.parametrize("content", PADDED.values(), ids=PADDED)
def test_nul_bytes_around_rows_are_no_rows_and_no_damage(outcome, content):
    damage, numbers, told, unread = outcome(content)
    assert (damage, numbers, unread) == (False, EVERYBODY, {})
    assert not any("NUL" in one for one in told)


INSIDE = {
    "a lost block of the disk": PLAIN[: HALF - 40] + bytes(1024) + PLAIN[HALF + 100 :],
    "a lost block that begins with a row": PLAIN[:HALF] + bytes(1024) + PLAIN[HALF + 100 :],
    "one byte of an account": PLAIN.replace(b"fox", b"f\0x", 1),
    "a number that was wiped": PLAIN.replace(b"07700 900001", bytes(12), 1),
    "a few bytes of a time": PLAIN.replace(b"12:00", bytes(5), 1),
}


@pytest.mark.parametrize("content", INSIDE.values(), ids=INSIDE)
def test_nul_bytes_inside_rows_are_told(outcome, content):
    damage, numbers, told, unread = outcome(content)
    assert numbers <= EVERYBODY
    assert (damage and any("NUL" in one for one in told)) or set(unread) == {"field_count"}


def test_a_file_of_nul_bytes_alone_is_damage(tmp_path):
    (tmp_path / "calls.csv").write_bytes(bytes(100_000))
    found = read_whole(tmp_path / "calls.csv", format_="csv")
    assert [(one.reason, one.damage) for one in found.tally.rejections] == [("nul_bytes", True)]


@pytest.mark.parametrize("byte", [0x80, 0x81, 0x8D, 0xA0, 0xE4, 0xFF])
def test_any_byte_in_a_name_can_be_printed_and_matched(outcome, byte):
    names = (
        text([*NAMES[:4], "called_number", *NAMES[5:], "note"]).encode().replace(b"note", b"no" + bytes([byte]) + b"te")
    )
    damage, numbers, _told, _unread = outcome(names + text(*([*row, "x"] for row in rows())).encode())
    assert (damage, numbers) == (False, EVERYBODY)
