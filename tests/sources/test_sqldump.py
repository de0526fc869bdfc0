"""The mysqldump reader on small dumps, on any values, on any cut, and on nonsense."""

import gzip
import io
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ringback.sources import sqlstream
from ringback.sources.base import RawRows, Rejection, want_all
from ringback.sources.sqldump import read_sqldump


@dataclass
class Reading:
    """Everything a dump gave, put together by table."""

    batches: list[RawRows] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def reasons(self):
        return [rejection.reason for rejection in self.rejections]

    def rows(self, table="t"):
        return [tuple(row) for batch in self.batches if batch.table == table for row in batch.rows]

    def numbers(self, table="t"):
        return [number for batch in self.batches if batch.table == table for number in batch.row_numbers]

    def offsets(self):
        return [offset for batch in self.batches for offset in batch.byte_offsets]


class Dribble:
    """A stream that gives a few bytes at a time and, at its end, raises what it was told to."""

    def __init__(self, data, step, error=None):
        self.data, self.step, self.error, self.at = data, step, error, 0

    def read(self, size):
        piece = self.data[self.at : self.at + min(size, self.step)]
        self.at += len(piece)
        if not piece and self.error:
            raise self.error
        return piece


def read(dump, *, wanted=want_all, batch_rows=1000):
    stream = (
        io.BytesIO(dump.encode() if isinstance(dump, str) else dump)
        if isinstance(dump, str | bytes)
        else dump
    )
    reading = Reading()
    reading.batches = list(
        read_sqldump(stream, reject=reading.rejections.append, wanted=wanted, batch_rows=batch_rows)
    )
    return reading


CREATE = (
    "CREATE TABLE `t` (\n  `n` int(11) NOT NULL,\n  `s` text,\n  `b` blob,\n  `f` bit(9)\n) ENGINE=InnoDB;\n"
)


@pytest.mark.parametrize(
    ("literal", "column", "value"),
    [
        ("NULL", "s", None),
        ("null", "n", None),
        ("-12", "n", "-12"),
        ("3.40282e38", "n", "3.40282e38"),
        ("-1.5E-7", "n", "-1.5E-7"),
        (".5", "n", ".5"),
        ("'2022-11-24 10:00:00'", "s", "2022-11-24 10:00:00"),
        ("'0000-00-00'", "s", "0000-00-00"),
        (r"'\0\'\"\b\n\r\t\Z\\\%\_\q'", "s", "\0'\"\b\n\r\t\x1a\\\\%\\_q"),
        ("'it''s'", "s", "it's"),
        ("''''", "s", "'"),
        ("''", "s", ""),
        ('"double ""d"" \\"q\\" it\'s"', "s", 'double "d" "q" it\'s'),
        ("'NULL'", "s", "NULL"),
        ("0x4F6B", "s", "Ok"),
        ("0x00ff27", "b", b"\x00\xff'"),
        ("0xfff", "b", b"\x0f\xff"),
        ("X'4f6b'", "b", b"Ok"),
        ("x''", "b", b""),
        (r"'\0raw'", "b", b"\0raw"),
        (r"_binary '\0raw'", "b", b"\0raw"),
        ("_binary'raw'", "s", "raw"),
        ("_binary 0x4f", "b", b"O"),
        ("_utf8mb4'\U0001f4de'", "s", "\U0001f4de"),
        ("_utf8mb4 'x'", "b", b"x"),
        ("N'national'", "s", "national"),
        ("b'101'", "f", "5"),
        ("0b101", "f", "5"),
        (r"'\0\Z'", "f", "26"),
        ("0x0102", "f", "258"),
        ("b''", "f", "0"),
        ("b'01001111'", "b", b"O"),
        ("TRUE", "n", "TRUE"),
    ],
)
@pytest.mark.parametrize("style", ["({})", "( {} /* c */ )"])
def test_a_literal_in_a_column_of_known_kind(literal, column, value, style):
    reading = read(f"{CREATE}INSERT INTO `t` (`{column}`) VALUES {style.format(literal)};\n")
    assert reading.rows() == [(value,)]
    assert not reading.rejections


def test_without_create_table_the_literal_decides_and_columns_are_numbered():
    reading = read(
        b"INSERT INTO t VALUES (1,'a''\\'\xff',0xff,_binary 'x',b'11',NULL),(-2.5,'','','',0x00,'y');\n"
    )
    assert reading.rows() == [
        ("1", "a''\udcff", b"\xff", b"x", "3", None),
        ("-2.5", "", "", "", b"\0", "y"),
    ]
    assert reading.batches[0].columns == tuple(f"column_{number}" for number in range(1, 7))


def test_bytes_that_are_no_text_stay_what_they_are():
    reading = read(CREATE.encode() + b"INSERT INTO `t` VALUES (1,'\xff\xe2\x82','\xff\xe2\x82',NULL);")
    assert reading.rows() == [("1", "\udcff\udce2\udc82", b"\xff\xe2\x82", None)]


def test_columns_of_create_table():
    create = """CREATE TABLE IF NOT EXISTS `odd` (
      `a``b` int(10) unsigned NOT NULL DEFAULT '0' COMMENT 'it''s; (x, `y`) INVISIBLE',
      "c,d" enum('p','q)','r,s') DEFAULT NULL, -- a comment, with a comma
      `key` varchar(20) /*!50606 STORAGE DISK */ CHARACTER SET latin1,
      `hidden` int(11) /*!80023 INVISIBLE */,
      `double` double GENERATED ALWAYS AS (if(`a``b` > 1, 2, (3))) VIRTUAL,
      `raw` VARBINARY(16), /* `no` int, */
      PRIMARY KEY (`a``b`), KEY `k` (`key`,`raw`), CONSTRAINT `c` CHECK (`key` <> ')')
    ) COMMENT='x;y' /*!50100 PARTITION BY HASH (1) */;
    INSERT INTO `odd` VALUES (1,'q)','k',2,'bytes');
    """
    batch = read(create).batches[0]
    assert batch.columns == ("a`b", "c,d", "key", "double", "raw")
    assert list(map(tuple, batch.rows)) == [("1", "q)", "k", "2", b"bytes")]


def test_column_lists_may_be_in_any_order_and_change():
    reading = read(
        CREATE + "INSERT INTO `t` (`b`, `n`) VALUES ('x',1),('y',2);\nREPLACE INTO `t` (`s`) VALUES ('z');\n"
        "INSERT  IGNORE INTO `db`.`t` VALUES (1);INSERT LOW_PRIORITY IGNORE t (n) VALUE (9)"
        " ON DUPLICATE KEY UPDATE n = VALUES(n);"
    )
    assert [(batch.table, batch.columns, list(map(tuple, batch.rows))) for batch in reading.batches] == [
        ("t", ("b", "n"), [(b"x", "1"), (b"y", "2")]),
        ("t", ("s",), [("z",)]),
        ("db.t", ("column_1",), [("1",)]),
        ("t", ("n",), [("9",)]),
    ]
    assert reading.numbers() == [1, 2, 3, 4]


def test_what_only_looks_like_rows_is_not_read():
    reading = read(
        """/*M!999999\\- enable the sandbox mode */
-- INSERT INTO `t` VALUES (1);
# INSERT INTO `t` VALUES (2);
/* INSERT INTO `t` VALUES (3); */
/*!50003 SET sql_mode = '; INSERT INTO t VALUES (4)' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER x BEFORE INSERT ON t
FOR EACH ROW BEGIN
  INSERT INTO t VALUES (5); -- it's;;
  INSERT INTO t VALUES (';;'); /* ;; */
END */;;
CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (6); END ;;
DELIMITER ;
LOCK TABLES `t` WRITE;
/*!40000 ALTER TABLE `t` DISABLE KEYS */;
INSERT INTO `t` VALUES (7,');INSERT INTO `t` VALUES (8);');
UNLOCK TABLES;
/*!50001 CREATE VIEW `v` AS SELECT 1 AS `n` */;
INSERT INTO `t` VALUES (9,'x') /*!40000 */ ;
"""
    )
    assert reading.rows() == [("7", ");INSERT INTO `t` VALUES (8);"), ("9", "x")]
    assert not reading.rejections


def test_a_name_is_qualified_only_where_another_database_had_it():
    reading = read(
        "USE `one`;\nCREATE TABLE `t` (`a` int);INSERT INTO `t` VALUES (1);\n"
        "USE `two`;\nCREATE TABLE `t` (`b` blob);INSERT INTO `t` VALUES ('x');INSERT INTO `u` VALUES (2);\n"
        "USE `one`;\nINSERT INTO `t` VALUES (3);"
    )
    assert [batch.table for batch in reading.batches] == ["t", "two.t", "u", "t"]
    assert reading.rows("two.t") == [(b"x",)]
    assert reading.rows("t") == [("1",), ("3",)]


def test_wanted_is_asked_once_a_table_with_its_columns_and_of_empty_tables_too():
    asked = []

    def wanted(table, columns):
        asked.append((table, columns))
        return table in {"t", "bare"}

    reading = read(
        CREATE + "CREATE TABLE `empty` (`e` int);INSERT INTO `other` (`o`) VALUES (1),(';'),(2;\n"
        ";INSERT INTO `t` (`n`) VALUES (1);INSERT INTO `other` (`o`) VALUES (1);"
        "INSERT INTO `t` (`n`) VALUES (2);INSERT INTO bare VALUES (1,2);"
        "INSERT INTO not_that VALUES (1),(2),('x;');INSERT INTO bare VALUES (3,4);",
        wanted=wanted,
    )
    assert asked == [
        ("other", ("o",)),
        ("t", ("n",)),
        ("bare", ("column_1", "column_2")),
        ("not_that", ("column_1",)),
        ("empty", ("e",)),
    ]
    assert {batch.table for batch in reading.batches} == {"t", "bare"}
    assert reading.rows() == [("1",), ("2",)]
    assert reading.rows("bare") == [("1", "2"), ("3", "4")]


def test_origins_are_row_numbers_and_bytes():
    text = "-- \u00e9\nINSERT INTO `t` VALUES ('\U0001f4de',1),\n ('b',2);INSERT INTO `t` VALUES ( 'c',3);"
    dump = text.encode()
    reading = read(dump, batch_rows=1)
    assert reading.numbers() == [1, 2, 3]
    assert [dump[offset : offset + 4] for offset in reading.offsets()] == [b"('\xf0\x9f", b"('b'", b"( 'c"]
    assert [len(batch.rows) for batch in reading.batches] == [1, 1, 1]


def test_a_row_with_the_wrong_number_of_values_is_rejected_and_reading_goes_on():
    reading = read(CREATE + "INSERT INTO `t` (`n`,`s`) VALUES (1,'a'),(2),(3,'c','d'),(),(4,'e');")
    assert reading.rows() == [("1", "a"), ("4", "e")]
    assert reading.numbers() == [1, 5]
    assert [(one.table, one.row, one.reason, one.damage) for one in reading.rejections] == [
        ("t", number, "field_count", False) for number in (2, 3, 4)
    ]


def test_an_expression_is_rejected_whole():
    reading = read(CREATE + "INSERT INTO `t` (`n`,`s`) VALUES (1,'a'),(abs(2),'),('),(3,DEFAULT),(4,'e');")
    assert reading.rows() == [("1", "a"), ("4", "e")]
    assert [(one.row, one.reason, one.damage) for one in reading.rejections] == [
        (2, "unknown_value", False),
        (3, "unknown_value", False),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "(2,xb','c'),",
        "(2,'bx,'c'),",
        "(2,'b'x'c'),",
        "(2,'b','c'x,",
        "x2,'b','c'),",
        "(2,'b'b','c'),",
        "(\0,'b','c'),",
    ],
)
def test_a_damaged_row_costs_few_others_and_is_reported(bad):
    rows = ",".join(f"({number},'b','c')" for number in range(3, 9))
    reading = read(f"INSERT INTO `t` VALUES (1,'b','c'),{bad}{rows};\nINSERT INTO `t` VALUES (9,'b','c');\n")
    assert any(one.damage for one in reading.rejections)
    assert {row[0] for row in reading.rows()} >= {"1", "5", "6", "7", "8", "9"}
    assert all(row[1:] == ("b", "c") for row in reading.rows())


HEADER = "-- MariaDB dump 10.19  Distrib 10.11\n--\n"
FOOTER = "-- Dump completed on 2022-11-24 10:00:00\n"


@pytest.mark.parametrize(
    ("dump", "reasons"),
    [
        (HEADER + "INSERT INTO t VALUES (1);\n" + FOOTER, []),
        ("/*M!999999\\- enable the sandbox mode */ \n" + HEADER + "SET x=1;\n", ["no_end_mark"]),
        (HEADER + "INSERT INTO t VALUES (1);\n", ["no_end_mark"]),
        (HEADER + "INSERT INTO t VALUES (1);\n-- Dump comp", ["no_end_mark"]),
        (
            HEADER.replace("MariaDB", "MySQL") + "INSERT INTO t VALUES ('\n" + FOOTER + "');\n",
            ["no_end_mark"],
        ),
        (HEADER + "SET x=1;\n" + HEADER + FOOTER, ["no_end_mark"]),
        (HEADER + "SET x=1;\n" + FOOTER + HEADER + FOOTER, []),
        ("INSERT INTO t VALUES (1);\n", []),
        (HEADER + "INSERT INTO t VALUES (1", ["torn_statement"]),
        (HEADER + "SET x='", ["torn_statement"]),
        (HEADER + "/*!40101 SET x=1 */", ["torn_statement"]),
        ("/* never closed", ["torn_statement"]),
        ("", []),
    ],
)
def test_the_end_of_a_dump(dump, reasons):
    reading = read(dump)
    assert reading.reasons == reasons
    assert all(one.damage and one.byte is not None for one in reading.rejections)


def test_a_torn_row_is_placed():
    dump = "INSERT INTO `t` VALUES (1,'a'),(2,'b"
    torn = read(dump).rejections[0]
    assert (torn.table, torn.row, torn.byte) == ("t", 2, dump.index("(2"))
    assert torn.detail == "the dump ends in row 2"


def test_a_compressed_stream_that_ends_early_is_a_torn_statement():
    rows = ",".join(f"({number},'{number * 7919 % 10007}')" for number in range(20_000))
    packed = gzip.compress(f"INSERT INTO `t` VALUES {rows};\n".encode())
    reading = read(gzip.GzipFile(fileobj=io.BytesIO(packed[: len(packed) // 2])))
    assert reading.reasons == ["torn_statement"]
    assert reading.rejections[0].damage
    assert "EOFError" in reading.rejections[0].detail
    count = len(reading.rows())
    assert count > 5000
    assert reading.rows() == [(str(number), str(number * 7919 % 10007)) for number in range(count)]


def test_a_stream_that_breaks_between_statements_is_reported():
    reading = read(Dribble(b"INSERT INTO `t` VALUES (1);\n", 5, OSError("broken")))
    assert reading.rows() == [("1",)]
    assert reading.reasons == ["torn_statement"]


def test_statements_that_are_not_carried_out_are_reported():
    reading = read("UPDATE t SET a=1;INSERT INTO t SELECT 1;nonsense;more;SET x=1;INSERT INTO t VALUES (1);")
    assert reading.rows() == [("1",)]
    assert [(one.reason, one.damage) for one in reading.rejections] == [
        ("unknown_statement", False),
        ("unknown_statement", True),
    ]


def test_an_insert_longer_than_the_window_and_a_large_value():
    big = b"\\'\xff;(" * 700_000
    dump = (
        CREATE.encode()
        + b"INSERT INTO `t` VALUES (1,'a',NULL,NULL),(2,NULL,'"
        + big
        + b"',NULL),(3,'c','',b'1');"
    )
    reading = read(dump)
    assert not reading.rejections
    assert [row[0] for row in reading.rows()] == ["1", "2", "3"]
    assert reading.rows()[1][2] == b"'\xff;(" * 700_000
    assert reading.offsets()[2] == dump.index(b"(3,'c'")


# --- any values, written by a writer of its own ---

texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="'\"\\`;,()\n\0%_-#/*NULxb \x1a\xe9\U0001f4de", max_size=12),
    st.binary(max_size=8).map(lambda data: data.decode("utf-8", "surrogateescape")),
).filter(lambda text: not any("\ud800" <= char <= "\udbff" for char in text))
numbers = st.one_of(st.integers(-(10**12), 10**12), st.decimals(-1000, 1000, places=3)).map(str)
rows_of_values = st.lists(
    st.tuples(
        numbers | st.none(),
        texts | st.none(),
        st.binary(max_size=10) | st.none(),
        st.integers(0, 511).map(str) | st.none(),
    ),
    max_size=12,
)
ESCAPES = {
    b"\0": b"\\0",
    b"\n": b"\\n",
    b"\r": b"\\r",
    b"\\": b"\\\\",
    b"'": b"\\'",
    b'"': b'\\"',
    b"\x1a": b"\\Z",
}


@dataclass(frozen=True)
class Style:
    doubled: bool
    hexed: bool
    single: bool
    complete: bool
    known: bool
    separator: bytes


styles = st.builds(
    Style,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.just(True),
    st.sampled_from([b",", b",\n", b" , /* , ( */ "]),
)


def quote(data, style):
    escapes = {b"\\": b"\\\\", b"'": b"''"} if style.doubled else ESCAPES
    return (
        b"'" + b"".join(escapes.get(data[at : at + 1], data[at : at + 1]) for at in range(len(data))) + b"'"
    )


def render(row, style):
    number, text, data, bits = row
    cells = [
        b"NULL" if number is None else number.encode(),
        b"NULL" if text is None else quote(text.encode("utf-8", "surrogateescape"), style),
        b"NULL"
        if data is None
        else b"0x" + data.hex().encode()
        if style.hexed and data
        else (b"_binary " if style.single else b"") + quote(data, style),
        b"NULL" if bits is None else b"b'%s'" % format(int(bits), "b").encode(),
    ]
    return b"(" + b",".join(cells) + b")"


def write(rows, style):
    """Write a dump; its bytes and the byte just after each row."""
    out = bytearray(CREATE.encode())
    ends = []
    head = b"INSERT INTO `t` (`n`, `s`, `b`, `f`) VALUES " if style.complete else b"INSERT INTO `t` VALUES "
    for number, row in enumerate(rows):
        out += head if number == 0 or style.single else style.separator
        out += render(row, style)
        ends.append(len(out))
        if style.single:
            out += b";\n"
    out += b"" if style.single or not rows else b";\n"
    return bytes(out), ends


@pytest.fixture
def small_window(monkeypatch):
    monkeypatch.setattr(sqlstream, "CHUNK", 11)
    monkeypatch.setattr(sqlstream, "LOOKAHEAD", 120)


any_dump = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@any_dump
@given(rows=rows_of_values, style=styles, step=st.integers(1, 40), batch_rows=st.integers(1, 5))
@example(
    rows=[("1", "'\\", b"\\'", "0")] * 3,
    style=Style(True, False, False, False, True, b","),
    step=1,
    batch_rows=2,
)
def test_what_another_writer_wrote_is_read_back(small_window, rows, style, step, batch_rows):
    dump, ends = write(rows, style)
    reading = read(Dribble(dump, step), batch_rows=batch_rows)
    assert not reading.rejections
    assert reading.rows() == rows
    assert reading.numbers() == list(range(1, len(rows) + 1))
    assert [end - len(render(row, style)) for row, end in zip(rows, ends, strict=True)] == reading.offsets()


@any_dump
@given(rows=rows_of_values, style=styles, step=st.integers(1, 40), data=st.data())
def test_a_cut_anywhere_leaves_exactly_the_whole_rows_before_it(small_window, rows, style, step, data):
    dump, ends = write(rows, style)
    cut = data.draw(st.integers(0, len(dump)))
    reading = read(Dribble(dump[:cut], step))
    assert reading.rows() == [row for row, end in zip(rows, ends, strict=True) if end <= cut]
    if reading.rejections:
        assert reading.reasons == ["torn_statement"]
        assert 0 <= reading.rejections[0].byte <= cut
    else:
        assert not dump[:cut].strip() or dump[:cut].rstrip().endswith(b";")


@any_dump
@given(rows=rows_of_values, style=styles, data=st.data())
def test_a_damaged_byte_never_stops_the_reader(small_window, rows, style, data):
    dump, _ = write(rows, style)
    at = data.draw(st.integers(0, len(dump) - 1))
    damaged = dump[:at] + bytes([data.draw(st.integers(0, 255))]) + dump[at + 1 :]
    reading = read(damaged)
    assert all(one.reason for one in reading.rejections)


@any_dump
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                b"INSERT INTO|REPLACE|CREATE TABLE|`t`| VALUES |(|)|,|;|'|\"|\\|--|-- |#|/*|/*!5|*/|NULL|0x"
                b"|b'|_binary|DELIMITER //|\n| |1|USE ".split(b"|")
            ),
            max_size=40,
        ).map(b"".join),
    )
)
def test_nonsense_ends_in_rejections(small_window, dump):
    reading = read(Dribble(dump, 7))
    assert all(one.byte is None or 0 <= one.byte <= len(dump) for one in reading.rejections)


def test_memory_stays_flat(monkeypatch):
    """A dump of one INSERT is never held whole: the window stays a few chunks long."""
    monkeypatch.setattr(sqlstream, "CHUNK", 1 << 12)
    monkeypatch.setattr(sqlstream, "LOOKAHEAD", 1 << 12)
    longest = 0
    fill = sqlstream.SqlStream.fill

    def watched(self):
        nonlocal longest
        added = fill(self)
        longest = max(longest, len(self.text))
        return added

    monkeypatch.setattr(sqlstream.SqlStream, "fill", watched)
    rows = ",".join(f"({number},'text')" for number in range(50_000))
    for wanted in (True, False):
        asked = read(
            CREATE + f"INSERT INTO `t` (`n`,`s`) VALUES {rows};", wanted=lambda *_, wanted=wanted: wanted
        )
        assert len(asked.rows()) == (50_000 if wanted else 0)
        assert longest <= 3 << 12
