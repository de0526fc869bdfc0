"""Every cell that the reader finds in a dump of a real mysqldump is what the real server returns."""

import gzip
import io

import pytest

import mariadb_server
from mariadb_server import (
    create_database,
    dump,
    dump_to_file,
    hostile_calls,
    load_cdr,
    ordinary_calls,
)
from ringback.sources.sqldump.mysql import read_sqldump
from sqldump_reading import read_both

ODD_TABLE = """
CREATE TABLE `odd; ``name``` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `bits` bit(8), `bit` bit(1), `wide` bit(64),
  `vb` varbinary(300), `fixed` binary(6), `bl` longblob, `place` point,
  `dec` decimal(30,10), `f` float, `d` double, `big` bigint unsigned, `tiny` tinyint, `y` year,
  `j` json, `lt` longtext, `latin` varchar(40) CHARACTER SET latin1, `wide text` text CHARACTER SET utf16,
  `da` date, `ti` time(3), `dt` datetime(6), `ts` timestamp NULL DEFAULT NULL,
  `en` enum('a','b''c','x,y)','') COMMENT 'it''s; (`not`) -- a # comment', `se` set('p','q','r s'),
  `twice` decimal(31,10) GENERATED ALWAYS AS (`dec` * 2) VIRTUAL,
  `label` varchar(60) GENERATED ALWAYS AS (concat('(',`tiny`,');')) STORED,
  `hidden` int INVISIBLE DEFAULT 7,
  `u` uuid, `ip` inet6,
  PRIMARY KEY (`id`), KEY `k,(` (`tiny`,`y`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='; INSERT INTO `cdr` VALUES (1);'
"""
ALL_BYTES = bytes(range(256))
ODD_ROWS = [
    {"bits": 0, "bit": 0, "wide": 0, "vb": b"", "fixed": b"", "bl": b"", "dec": 0, "f": 0, "d": 0, "big": 0},
    {"tiny": 0, "y": 0, "j": "{}", "lt": "", "latin": "", "en": "", "se": "", "hidden": None},
    {"da": "0000-00-00", "ti": "0", "dt": "0000-00-00", "ts": "0000-00-00"},
    {"da": "2022-02-30", "ti": "-838:59:59.999", "dt": "2022-00-00 10:11:12.000001"},
    {"da": "9999-12-31", "ti": "00:00:00.001", "dt": "2022-10-30 01:59:59", "ts": "2022-03-27 01:30:00"},
    {"bits": 255, "bit": 1, "wide": 2**64 - 1, "vb": ALL_BYTES, "fixed": b"\0" * 6, "bl": ALL_BYTES * 3},
    {"bits": 39, "wide": 92, "vb": b"\\'\"\n\r\0\x1a", "fixed": b"'\\\"`;)", "bl": b"\xff\xfe'\\;\0\xc3"},
    {"dec": "-12345678901234567890.0123456789", "f": "-3.40282e38", "d": "-1.7976931348623157e308"},
    {"dec": "0.0000000001", "f": "1e-10", "d": "2.2250738585072014e-308", "big": 2**64 - 1},
    {"tiny": -128, "y": 2155, "j": '{"a": "\\u00e9\\n\\"\'\\\\"}', "en": "b'c", "se": "p,r s"},
    {"tiny": 127, "y": 1901, "j": "[null]", "en": "x,y)", "se": "q", "latin": "\u00ff'\\"},
    {"lt": "');INSERT INTO `cdr` VALUES ('x');\n-- Dump completed\n/*!50003 */", "latin": "caf\u00e9"},
    {"u": "00112233-4455-6677-8899-aabbccddeeff", "ip": "2001:db8::1", "wide text": "utf16 \u20ac\\"},
    *({"bits": byte, "vb": bytes([byte]), "bl": bytes([byte]) * 3, "lt": chr(byte) * 2} for byte in range(256)),
]
LONG_TEXT = 'It\'s "long"\\ \u00e9\U0001f4de\n;),(' * 15_000

DELIMITER_BLOCKS = (
    """CREATE TRIGGER `t;1` BEFORE INSERT ON `cdr` FOR EACH ROW BEGIN
         IF NEW.src = 'never;;' THEN INSERT INTO `odd; ``name``` (`lt`) VALUES ('from; a trigger');
         END IF; END""",
    """CREATE PROCEDURE `p1`() BEGIN -- it's a comment;
         INSERT INTO `cdr` (`src`) VALUES ('from; a routine'); SELECT ';;', "DELIMITER ;"; END""",
    "CREATE VIEW `calls by day` AS SELECT date(`calldate`) AS `day`, count(*) AS `n` FROM `cdr` GROUP BY 1",
)


@pytest.fixture(scope="module")
def server(mariadb):
    return mariadb


@pytest.fixture(scope="module")
def rows():
    """Number of ordinary calls beside the hostile ones."""
    return 3000


@pytest.fixture(scope="module")
def panel(server, rows):
    """A database with calls, hostile rows, hostile types, a trigger, a routine and a view; its name."""
    create_database(server, "panel")
    with server.connect("panel") as connection, connection.cursor() as cursor:
        load_cdr(connection, ordinary_calls(rows))
        load_cdr(connection, hostile_calls())
        cursor.execute(ODD_TABLE)
        for row in [*ODD_ROWS, {"lt": LONG_TEXT}]:
            names = ", ".join(f"`{name}`" for name in row)
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(f"INSERT INTO `odd; ``name``` ({names}) VALUES ({marks})", list(row.values()))
        cursor.execute("UPDATE `odd; ``name``` SET `place` = point(`id` / -3, 2e100) WHERE `id` < 9")
        for block in DELIMITER_BLOCKS:
            cursor.execute(block)
        cursor.execute("CREATE TABLE `empty` (`nothing` int)")
    return "panel"


def select(server, database, table, columns):
    """The values that the server itself sends: bytes for binary columns, else text; BIT as its integer."""
    names = ", ".join("`" + column.replace("`", "``") + "`" for column in columns)
    with server.connect(database, conv={}) as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")  # as mysqldump does
        cursor.execute(f"SELECT {names} FROM `{table.replace('`', '``')}`")
        bits = {at for at, field in enumerate(cursor.description) if field[1] == 16}
        return [
            tuple(
                str(int.from_bytes(value, "big")) if at in bits and value is not None else value
                for at, value in enumerate(row)
            )
            for row in cursor.fetchall()
        ]


def all_columns(server, database, table):
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
            " ORDER BY ordinal_position",
            (database, table),
        )
        return tuple(name for (name,) in cursor.fetchall())


def read(stream):
    """Everything in a dump by table: columns, rows, row numbers, bytes; and the rejections."""
    rejections = []
    tables = {}
    for batch in read_sqldump(stream, reject=rejections.append, batch_rows=700):
        columns, rows, numbers, offsets = tables.setdefault(batch.table, (batch.columns, [], [], []))
        assert columns == batch.columns
        rows.extend(map(tuple, batch.rows))
        numbers.extend(batch.row_numbers)
        offsets.extend(batch.byte_offsets)
    return tables, rejections


def differences(found, expected):
    """Positions at which two tables differ, cell by cell."""
    assert len(found) == len(expected)
    return [
        (row, column)
        for row, (ours, theirs) in enumerate(zip(found, expected, strict=True))
        for column, (one, other) in enumerate(zip(ours, theirs, strict=True))
        if one != other or type(one) is not type(other)
    ]


OPTION_SETS = [
    (),
    ("--complete-insert",),
    ("--skip-extended-insert",),
    ("--hex-blob",),
    ("--databases",),
    ("--routines", "--triggers", "--events"),
    ("--skip-opt", "--hex-blob", "--complete-insert"),
    ("--compact", "--skip-triggers"),
    ("--insert-ignore", "--no-autocommit", "--single-transaction"),
    ("--replace", "--complete-insert", "--skip-extended-insert", "--hex-blob", "--routines"),
    # Without a character set, --compatible writes latin1 and question marks.
    ("--compatible=ansi", "--default-character-set=utf8mb4"),
]


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: " ".join(options) or "default")
def test_every_cell_equals_what_the_server_returns(server, panel, rows, options):
    data = dump(server, panel, *options)
    tables, rejections = read(io.BytesIO(data))
    assert rejections == []
    assert set(tables) == {"cdr", "odd; `name`"}
    for table, (columns, found, numbers, offsets) in tables.items():
        assert columns == all_columns(server, panel, table)
        expected = select(server, panel, table, columns)
        assert differences(found, expected) == []
        assert numbers == list(range(1, len(expected) + 1))
        assert all(data[offset : offset + 1] == b"(" for offset in offsets)
        assert offsets == sorted(set(offsets))
    careful, fast, by_blocks = read_both(data)
    assert fast == careful
    assert by_blocks >= rows or "--skip-extended-insert" in options or "--skip-opt" in options
    assert len(tables["cdr"][1]) == rows + len(mariadb_server.HOSTILE_TEXTS)
    columns, found, _, _ = tables["odd; `name`"]
    assert found[-1][columns.index("lt")] == LONG_TEXT


def test_the_dumps_really_hold_what_must_not_be_read(server, panel):
    data = dump(server, panel, "--routines", "--triggers")
    assert data.count(b"DELIMITER ;;") >= 2
    assert b"INSERT INTO `cdr` (`src`) VALUES ('from; a routine')" in data
    assert b"TRIGGER" in data


def test_a_gzipped_dump_and_a_cut_one_are_read(server, panel, tmp_path):
    data = dump_to_file(server, panel, tmp_path / "panel.sql").read_bytes()
    whole, _ = read(io.BytesIO(data))
    packed = gzip.compress(data)
    with gzip.open(io.BytesIO(packed)) as stream:
        assert read(stream) == (whole, [])
    with gzip.open(io.BytesIO(packed[: len(packed) // 2])) as stream:
        cut, rejections = read(stream)
    assert [one.reason for one in rejections] == ["torn_statement"]
    assert len(cut["cdr"][1]) > 0
    assert cut["cdr"][1] == whole["cdr"][1][: len(cut["cdr"][1])]


def test_without_create_table_values_are_the_same_text(server, panel):
    """With --no-create-info there are no types: all values are text, from which bytes can be restored exactly."""
    tables, rejections = read(io.BytesIO(dump(server, panel, "--no-create-info", "--complete-insert")))
    assert rejections == []
    sizes = {"bits": 1, "bit": 1, "wide": 8}
    for table, (columns, found, _, _) in tables.items():
        expected = [
            [
                int(value).to_bytes(sizes[name], "big") if value is not None and name in sizes else as_bytes(value)
                for name, value in zip(columns, row, strict=True)
            ]
            for row in select(server, panel, table, columns)
        ]
        assert differences([[as_bytes(value) for value in row] for row in found], expected) == []


def test_without_any_column_names_they_are_numbered(server, panel):
    tables, _ = read(io.BytesIO(dump(server, panel, "--no-create-info")))
    columns, found, _, _ = tables["cdr"]
    assert columns == tuple(f"column_{number}" for number in range(1, 20))
    assert differences(found, select(server, panel, "cdr", all_columns(server, panel, "cdr"))) == []


def as_bytes(value):
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


def test_two_databases_with_a_table_of_the_same_name(server, panel):
    create_database(server, "second")
    with server.connect("second") as connection:
        load_cdr(connection, ordinary_calls(5, seed=2))
    tables, rejections = read(io.BytesIO(dump(server, "second", "--databases", panel)))
    assert rejections == []
    # The panel is dumped first, so it had the name first.
    assert set(tables) == {"cdr", "second.cdr", "odd; `name`"}
    assert tables["second.cdr"][2] == [1, 2, 3, 4, 5]
    for database, table in (("panel", "cdr"), ("second", "second.cdr")):
        columns, found, _, _ = tables[table]
        assert differences(found, select(server, database, "cdr", columns)) == []
