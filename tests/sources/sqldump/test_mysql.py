"""The mysqldump reader on small dumps, one rule per test."""

import gzip
import io

import pytest

from sqldump_reading import CREATE, Dribble, read


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
    reading = read(b"INSERT INTO t VALUES (1,'a''\\'\xff',0xff,_binary 'x',b'11',NULL),(-2.5,'','','',0x00,'y');\n")
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


def test_a_torn_row_is_reported_with_its_place():
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
    dump = CREATE.encode() + b"INSERT INTO `t` VALUES (1,'a',NULL,NULL),(2,NULL,'" + big + b"',NULL),(3,'c','',b'1');"
    reading = read(dump)
    assert not reading.rejections
    assert [row[0] for row in reading.rows()] == ["1", "2", "3"]
    assert reading.rows()[1][2] == b"'\xff;(" * 700_000
    assert reading.offsets()[2] == dump.index(b"(3,'c'")
