"""The header is the first line, unless that is a title. The kind of rows does not change that."""

import pytest

from ringback.sources.delimited.headers import Start, begins_above_header, clean_name, find_start

HEADER = "id,account,started_at,called_number,duration"
ROWS = [f"{n},fox,2021-07-01 12:00:{n:02},07700 900{n:03},{n * 7}" for n in range(1, 20)]


def lines(*parts):
    return [f"{line}\n" for part in parts for line in ([part] if isinstance(part, str) else part)]


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ([], 0),
        (["", ""], 0),
        (["Calls of July"], 1),
        (["Calls, July"], 1),
        (["Calls", "", "From 2021-07-01 to 2021-07-31", ""], 2),
        (["Calls,,,,", ",,,,"], 2),
        (["a,b", "c,d", "e,f,g"], 3),
        (["Made by,admin,on,2021-08-01"], 1),
        (["From,2021-07-01,To,2021-07-31", "Account,all,Type,all"], 2),
        (["# a comment; with | other, marks"], 1),
        ([f"Setting {n},{n}" for n in range(60)], 60),
        (["sep=,"], 0),
        (["sep=,", "Calls", ""], 1),
    ],
)
@pytest.mark.parametrize("delimiter", [None, ","])
def test_lines_above_the_header_are_passed_over(above, told, delimiter):
    start = find_start(lines(above, HEADER, ROWS, "", "Total,,,,1330"), delimiter=delimiter)
    assert start == Start(",", len(above), told)


ORDINARY = {
    "rows": lines(HEADER, ROWS),
    "short rows": lines(HEADER, [row.rsplit(",", n % 3)[0] for n, row in enumerate(ROWS)]),
    "rows that lack the last field": lines(HEADER, [row.rsplit(",", 1)[0] for row in ROWS]),
    "rows that end in a delimiter": lines(HEADER, [row + "," for row in ROWS]),
    "rows with more fields than names": lines("id,account", ROWS),
    "some rows with more fields": lines(HEADER, [row + ",a,b" * (n % 2) for n, row in enumerate(ROWS)]),
    "rows of words": lines("a,b", ["fox,owl", "cat,dog", "bear,wolf,hen", "hen,cow"]),
    "a header alone": lines(HEADER),
    "one row": lines(HEADER, ROWS[0]),
    "no header": lines(ROWS),
    "empty names": lines("id,,,,", ROWS),
    "a short export above a longer one": lines(
        "account,called_number,seconds", [f"fox,07700 900{n:03},60" for n in range(4)], HEADER, ROWS
    ),
    "a short export without a header above a longer one": lines(
        [f"fox,07700 900{n:03},60" for n in range(4)], HEADER, ROWS
    ),
    "rows of one field between others": lines(HEADER, [line for row in ROWS for line in ("---", row)]),
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_rows_do_not_move_the_header(text):
    start = find_start(text)
    assert (start.line, start.above) == (0, 0)
    assert start.delimiter == ","


@pytest.mark.parametrize("mark", [";", "\t", "|", "\x1f"])
@pytest.mark.parametrize(
    "kind", ["rows", "short rows", "rows that lack the last field", "rows that end in a delimiter"]
)
def test_the_delimiter_is_found_where_no_row_has_the_headers_fields(mark, kind):
    text = [line.replace(",", mark) for line in ORDINARY[kind]]
    assert find_start(text) == Start(mark, 0)
    assert find_start(["Calls, all of them\n", *text]) == Start(mark, 1, 1)


@pytest.mark.parametrize(
    "text", [["name\n", "a, b\n", "c, d\n"], ["number\n", "07700 900001\n"], [], ["\n"], ["sep=;\n"]]
)
def test_a_table_of_one_column_has_no_title(text):
    assert find_start(text).above == 0


def test_a_header_known_from_elsewhere_leaves_all_lines_to_the_data():
    assert find_start(lines("Calls", ROWS), width=5) == Start(",", 0)
    assert find_start(lines("sep=;", [row.replace(",", ";") for row in ROWS]), width=5) == Start(";", 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Calls\n\na,b,c\n1,2,3\n4,5,6\n", True),
        ("sep=\\t\na\tb\n", True),
        ("Dear all,\nhello, you\nbye\n", False),
        ("a\nb\n", False),
    ],
)
def test_a_table_below_other_lines_is_recognised(text, told):
    assert begins_above_header(text) == told


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a\tb\r\nc", "a b c"),
        ("\udc81\udcfc", "\ufffdü"),
        ("\ud800x\udc41", "\ufffdxA"),
        ("\ufeffid ", "id"),
        ("a\x00b", "a b"),
        ("Straße\u2028", "Straße"),
    ],
)
def test_names_can_be_printed(name, clean):
    assert clean_name(name) == clean
    clean_name(name).encode()
