"""Scripts of INSERT statements: of SQL Server, Oracle, SQLite and the tools that write for them."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.sqldump import stream
from ringback.sources.sqldump.insert_scripts import looks_like_script, read_sqlscript
from ringback.sources.sqldump.insert_times import UnreadTimestampError, read_by_bytes, read_by_model, read_by_style
from ringback.sources.sqldump.insert_values import RowText, StrangeValueError, Unfinished
from sources.whole_exhibits import read_whole
from tiers import examples

ROWS = [("2021-07-01 14:55:02", f"077009001{n:02}", 60 + n, "fox's \\") for n in range(9)]
COLUMNS = ("calldate", "dst", "billsec", "accountcode")
PARTS = ("GO", "/")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def mssql(*, schema="[dbo].", into="", cast=True, terminator="", go_every=4, columns=True):
    lines = ["USE [panel]", "GO", "/****** Object:  Table [dbo].[cdr] ******/", "SET ANSI_NULLS ON", "GO"]
    lines += [
        "CREATE TABLE [dbo].[cdr](", "\t[calldate] [datetime] NOT NULL,", "\t[dst] [nvarchar](80) NULL,",
        "\t[billsec] [int] NOT NULL,", "\t[accountcode] [nvarchar](20) NULL,",
        " CONSTRAINT [PK_cdr] PRIMARY KEY CLUSTERED ([calldate] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]",
        ") ON [PRIMARY]", "GO", "SET IDENTITY_INSERT [dbo].[cdr] ON ", "",
    ]  # fmt: skip
    named = "([calldate], [dst], [billsec], [accountcode]) " if columns else ""
    for number, (at, dst, talk, account) in enumerate(ROWS, 1):
        when = f"CAST(N'{at.replace(' ', 'T')}.000' AS DateTime)" if cast else f"N'{at}'"
        lines.append(
            f"INSERT {into}{schema}[cdr] {named}VALUES ({when}, N{quoted(dst)}, {talk}, N{quoted(account)}){terminator}"
        )
        if number % go_every == 0:
            lines += ["GO", f"print 'Processed {number} total records'"]
    lines += ["GO", "ALTER TABLE [dbo].[cdr] ADD  DEFAULT (getdate()) FOR [calldate]", "GO"]
    lines += ["EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'it''s; INSERT INTO' ", "GO", ""]
    return "\r\n".join(lines)


def oracle(*, date=None, between=" ", end=";", commit=True):
    date = date or (lambda at: f"to_date('{at}','YYYY-MM-DD HH24:MI:SS')")
    lines = ["REM INSERTING into CDR", "SET DEFINE OFF;"]
    for at, dst, talk, account in ROWS:
        values = f"({date(at)},{quoted(dst)},{talk},{quoted(account)})"
        lines.append(f"Insert into CDR{between}(CALLDATE,DST,BILLSEC,ACCOUNTCODE){between}values{between}{values}{end}")
    return "\n".join(lines + (["COMMIT;"] if commit else [])) + "\n"


def sqlite_dump():
    lines = ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"]
    lines += ["CREATE TABLE cdr (calldate TEXT, dst TEXT, \"billsec\" INTEGER, accountcode VARCHAR(20) DEFAULT 'a,b');"]
    lines += [
        f"INSERT INTO cdr VALUES({quoted(at)},{quoted(dst)},{talk},{quoted(who)});" for at, dst, talk, who in ROWS
    ]
    lines += ["CREATE TRIGGER t AFTER INSERT ON cdr BEGIN", "  INSERT INTO log VALUES(NEW.dst);", "END;"]
    return "\n".join([*lines, "CREATE INDEX i ON cdr(dst);", "COMMIT;", ""])


def by_day(at):
    return f"TO_DATE('{at[8:10]}/{at[5:7]}/{at[:4]} {at[11:]}', 'DD/MM/YYYY HH24:MI:SS')"


def by_oracles_own(at):
    assert at == ROWS[0][0]
    return "to_timestamp('01-JUL-21 02.55.02.000000000 PM','DD-MON-RR HH.MI.SSXFF AM')"


VALUES = ", ".join(f"({quoted(at)}, {quoted(dst)}, {talk}, {quoted(who)})" for at, dst, talk, who in ROWS)
SCRIPTS = {
    "management studio": mssql(),
    "azure data studio": mssql(into="INTO ", terminator=";"),
    "navicat": mssql(into="INTO ", cast=False, columns=False),
    "without a schema": mssql(schema="", go_every=1),
    "bytes": mssql().replace("CAST(N'2021-07-01T14:55:02.000' AS", "CAST(0x0000AD5800F5D408 AS"),
    "convert": mssql().replace(
        "CAST(N'2021-07-01T14:55:02.000' AS DateTime)", "CONVERT(datetime, '01/07/2021 14:55:02', 103)"
    ),
    "odbc": mssql().replace("CAST(N'2021-07-01T14:55:02.000' AS DateTime)", "{ts '2021-07-01 14:55:02'}"),
    "sql developer": oracle(),
    "sql developer's timestamps": oracle(date=by_oracles_own),
    "toad": oracle(date=by_day, between="\n   "),
    "ansi": oracle(date=lambda at: f"TIMESTAMP '{at}'"),
    "sqlcl": oracle(end="\n/", commit=False),
    "pl/sql developer": "prompt Importing table cdr...\nset feedback off\nset define off\n\n"
    + oracle(between="\n").split("SET DEFINE OFF;\n")[1]
    + "\nprompt Done.\n",
    "insert all": "SET DEFINE OFF;\nINSERT ALL\n"
    + "\n".join(
        f"  INTO CDR (CALLDATE, DST, BILLSEC, ACCOUNTCODE)"
        f" VALUES (DATE '{at[:10]}', {quoted(dst)}, {talk}, {quoted(who)})"
        for at, dst, talk, who in ROWS
    )
    + "\nSELECT * FROM dual;\n",
    "sqlite": sqlite_dump(),
    "datagrip": "".join(
        f'INSERT INTO "public"."cdr" ("calldate", "dst", "billsec", "accountcode") VALUES ({quoted(at)}, {quoted(dst)},'
        f" {talk}, {quoted(who)});\n"
        for at, dst, talk, who in ROWS
    ),
    "many rows a statement": f"INSERT INTO [cdr] (calldate, dst, billsec, accountcode) VALUES\n\t {VALUES};\n",
}


def _read(text, **options):
    rejected = []
    data = text.encode() if isinstance(text, str) else text
    batches = list(read_sqlscript(io.BytesIO(data), reject=rejected.append, **options))
    return batches, rejected


def _rows(batches):
    return [tuple(row) for batch in batches for row in batch.rows]


def _rest(rows):
    return [row[1:] for row in rows]


@pytest.mark.parametrize("window", [None, 64])
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_gives_its_rows(script, window, monkeypatch):
    if window:
        monkeypatch.setattr(stream, "CHUNK", window)
    batches, rejected = _read(SCRIPTS[script])
    assert rejected == []
    assert {batch.table.casefold() for batch in batches} == {"cdr"}
    assert {tuple(map(str.casefold, batch.columns)) for batch in batches} == {COLUMNS}
    assert _rest(_rows(batches)) == [(dst, str(talk), account) for _at, dst, talk, account in ROWS]
    times = {row[0].replace("T", " ").removesuffix(".000") for row in _rows(batches)}
    assert times == ({"2021-07-01"} if script == "insert all" else {"2021-07-01 14:55:02"})
    assert [n for batch in batches for n in batch.row_numbers] == list(range(1, 10))
    data = SCRIPTS[script].encode()
    assert all(data[at : at + 1] == b"(" for batch in batches for at in batch.byte_offsets)


MAPPED = {"calls": {"table": "cdr", "columns": {"account": "accountcode", "started_at": "calldate",
          "called_number": "dst", "duration": "billsec"}}}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_an_exhibit_is_recognised_and_read(script, encoding, tmp_path):
    path = tmp_path / "export.sql"
    path.write_bytes(SCRIPTS[script].encode(encoding))
    format_ = "sqlscript" if encoding == "utf-16-le" else None
    found = read_whole(path, tables=MAPPED, format_=format_)
    assert found.format == "sqlscript"
    assert [row["called_number"] for row in found.calls] == [dst for _at, dst, _talk, _account in ROWS]
    assert found.tally.rejections == []
    assert (found.calls[0]["origin_byte"] is None) is encoding.startswith("utf-16")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_cut_at_any_byte_gives_a_prefix_and_says_so_inside_a_row(script):
    data = SCRIPTS[script].rstrip().encode()
    whole = _rows(_read(data)[0])
    for size in range(0, len(data), 13):
        batches, rejected = _read(data[:size])
        rows = _rows(batches)
        assert rows == whole[: len(rows)], size
        inside = data[:size].rfind(b"(") > data[:size].rfind(b"\n") and not data[:size].endswith((b")", b";", b"\n"))
        if inside and data[:size].rpartition(b"\n")[2].lower().lstrip().startswith(b"insert"):
            assert [one for one in rejected if one.damage] or data[size - 1 : size] in b")\n;\r", size


VALUES_READ = [
    ("NULL", None),
    ("''", ""),
    ("'it''s'", "it's"),
    ("'a\\'", "a\\"),
    ("N'caf\u00e9'", "caf\u00e9"),
    ("n'x'", "x"),
    ("-4.50", "-4.50"),
    ("+447700900123", "+447700900123"),
    (".5", ".5"),
    ("1E3", "1E3"),
    ("0x414B", b"AK"),
    ("X'414b'", b"AK"),
    ("TRUE", "TRUE"),
    ("DEFAULT", None),
    ("(74)", "74"),
    ("CAST(74 AS Int)", "74"),
    ("CAST(4.50 AS Decimal(18, 2))", "4.50"),
    ("CAST(N'x' AS [nvarchar](max))", "x"),
    ("CAST(NULL AS DateTime)", None),
    ("CAST(0x660074002100 AS nvarchar(3))", "ft!"),
    ("cast('2021-07-01' as date)", "2021-07-01"),
    ("CONVERT(varchar(20), 'x')", "x"),
    ("CONVERT(datetime, '2021-07-01 14:55:02', 120)", "2021-07-01 14:55:02"),
    ("CONVERT([datetime], N'07/01/2021', 101)", "2021-07-01"),
    ("'2021-07-01'::date", "2021-07-01"),
    ("q'[it's]'", "it's"),
    ("q'!a(b)!'", "a(b)"),
    ("to_date('2021-07-01','YYYY-MM-DD')", "2021-07-01"),
    ("to_date(NULL,'YYYY-MM-DD')", None),
    ("TO_TIMESTAMP_TZ('2021-07-01 14:55:02 +01:00','YYYY-MM-DD HH24:MI:SS TZH:TZM')", "2021-07-01 14:55:02+01:00"),
    ("TIMESTAMP'2021-07-01 14:55:02'", "2021-07-01 14:55:02"),
    ("{d '2021-07-01'}", "2021-07-01"),
    ("'a'||chr(10)||'b'", "a\nb"),
    ("'a' + N'b'", "ab"),
    ("replace('a\\nb','\\n',char(10))", "a\nb"),
    ("unistr('caf\\00e9')", "caf\u00e9"),
    ("TO_CLOB('x')", "x"),
    ("EMPTY_CLOB()", None),
    ("HEXTORAW('414B')", b"AK"),
    ("N'x' COLLATE Latin1_General_CI_AS", "x"),
    ("/* no */ 'x' -- yes\n", "x"),
]


@pytest.mark.parametrize(("written", "value"), VALUES_READ)
def test_values(written, value):
    text = f"({written}, 'end')".encode().decode("latin-1")
    assert RowText(text, 0, ended=True).values() == [value, "end"]
    for size in range(len(text)):
        with pytest.raises(Unfinished):
            RowText(text[:size], 0, ended=False).values()


@pytest.mark.parametrize(
    "written",
    [
        "sysdate", "GETDATE()", "NEWID()", "@a", "1 + 1", "cdr_seq.NEXTVAL", "(SELECT 1)", "CAST(1)", "x'a'", "a b",
        "to_date('x','YYYY')", "to_date('2021-13-01','YYYY-MM-DD')", "CONVERT(datetime, 'Jul 1 2021', 100)",
        "my_fn('x')", "CAST(0x01 AS DateTime)", "CONVERT(datetime, '01/07/2021')", "'077' + '00'", "chr('x')",
    ],
)  # fmt: skip
def test_what_is_not_understood_rejects_its_row_alone(written):
    text = f"INSERT [t] ([a], [b]) VALUES ('1', 'x')\nINSERT [t] ([a], [b]) VALUES ('2', {written})\n"
    batches, rejected = _read(text + "INSERT [t] ([a], [b]) VALUES ('3', 'y')\nGO\n")
    assert _rows(batches) == [("1", "x"), ("3", "y")]
    assert [(one.row, one.reason, one.damage) for one in rejected] == [(2, "unknown_value", True)]


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        ("2021-07-01 14:55:02", "YYYY-MM-DD HH24:MI:SS", "2021-07-01 14:55:02"),
        ("01-JUL-21", "DD-MON-RR", "2021-07-01"),
        ("01-JUL-99", "DD-MON-RR", "1999-07-01"),
        ("01-JUL-99", "DD-MON-YY", "2099-07-01"),
        ("7/1/2021 2:55:02 PM", "MM/DD/YYYY HH:MI:SS AM", "2021-07-01 14:55:02"),
        ("7/1/2021 12:05:02 a.m.", "MM/DD/YYYY HH12:MI:SS P.M.", "2021-07-01 00:05:02"),
        ("01.07.2021 14:55", "DD.MM.YYYY HH24:MI", "2021-07-01 14:55:00"),
        ("20210701145502", "YYYYMMDDHH24MISS", "2021-07-01 14:55:02"),
        ("2021-07-01T14:55:02", 'YYYY-MM-DD"T"HH24:MI:SS', "2021-07-01T14:55:02".replace("T", " ")),
        ("2021-07-01 14:55:02,250000", "YYYY-MM-DD HH24:MI:SSXFF", "2021-07-01 14:55:02.25"),
        ("2021-07-01 14:55:02.123456789", "YYYY-MM-DD HH24:MI:SS.FF9", "2021-07-01 14:55:02.123456"),
        ("2021-07-01 14:55:02 -05:00", "YYYY-MM-DD HH24:MI:SS TZH:TZM", "2021-07-01 14:55:02-05:00"),
        ("01 July      2021", "DD MONTH YYYY", "2021-07-01"),
        ("Thu 01-Jul-2021", "DY DD-MON-YYYY", "2021-07-01"),
        ("2021-07-01 53702", "YYYY-MM-DD SSSSS", "2021-07-01 14:55:02"),
    ],
)
def test_oracles_format_models(text, model, expected):
    assert read_by_model(text, model) == expected


@pytest.mark.parametrize(
    ("text", "model"),
    [("2021", "YYYY-MM-DD"), ("2021-07-01", "YYYY-Q-DD"), ("31-JUN-21", "DD-MON-RR"), ("01-JUIL-21", "DD-MON-RR"),
     ("2:55", "HH:MI"), ("2021-07-01 2:55", "YYYY-MM-DD HH:MI")],
)  # fmt: skip
def test_a_time_of_another_form_is_not_guessed(text, model):
    with pytest.raises(UnreadTimestampError):
        read_by_model(text, model)


def test_times_by_style_and_by_bytes():
    assert read_by_style("01.07.2021", 104) == "2021-07-01"
    assert read_by_style("20210701", 112) == "20210701"
    assert read_by_bytes(bytes.fromhex("AD580383"), "smalldatetime") == "2021-07-01 14:59:00"
    assert read_by_bytes(bytes.fromhex("AF420B00"), "date") == "2021-06-27"
    assert read_by_bytes(bytes.fromhex("07000000000000") + bytes.fromhex("420B"), "datetime2").endswith("00:00:00")
    for data, kind in ((b"\0" * 7, "datetime"), (b"\xff" * 8, "datetime"), (b"", "date"), (b"\0" * 8, "time")):
        with pytest.raises(UnreadTimestampError):
            read_by_bytes(data, kind)


@pytest.mark.parametrize(
    ("text", "kept", "told"),
    [
        ("INSERT [t] ([a]) VALUES ('1', '2')\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)], [("field_count", False)]),
        ("INSERT [t] ([a]) VALUES ('1', '2')\nINSERT [t] ([a]) VALUES ('1', '2')\n", [],
         [("field_count", False), ("field_count", False), ("no_rows", True)]),
        ("INSRT [t] ([a]) VALUES ('1')\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)], [("unknown_statement", True)]),
        ("DELETE FROM [t]\nGO\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)], [("unknown_statement", False)]),
        ("INSERT INTO [t] SELECT 1\nGO\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)], [("unknown_statement", True)]),
        ("IF 1=1 INSERT INTO [t] VALUES ('1')\nGO\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)],
         [("unknown_statement", True)]),
        ("IF NOT EXISTS (SELECT 1)\nINSERT [t] ([a]) VALUES ('3')\n", [("3",)], []),
        ("REM it's\nInsert into t (a) values ('3');\n", [("3",)], []),
        ("CREATE PROCEDURE [p] AS\nBEGIN\nINSERT [t] ([a]) VALUES (@a)\nEND\nGO\nINSERT [t] ([a]) VALUES ('3')\n",
         [("3",)], []),
        ("INSERT [t] ([a]) VALUES ('3')\nGO\nINSERT [t] ([a]) VALUES ('4", [("3",)], [("torn_statement", True)]),
        ("INSERT [t] ([a]) VALUES ('3')\nGO\nINSERT [t] ([a]) VAL", [("3",)], [("unknown_statement", True)]),
        ("PRAGMA x=1;\nBEGIN TRANSACTION;\nINSERT INTO t VALUES('3');\n", [("3",)], [("no_end_mark", True)]),
        ("INSERT [t] ([a]) VALUES ('3'), ('4'), x\nGO\nINSERT [t] ([a]) VALUES ('5')\n", [("3",), ("4",), ("5",)],
         [("unknown_statement", True)]),
    ],
)  # fmt: skip
def test_damage_is_rejected_and_reading_goes_on(text, kept, told):
    batches, rejected = _read(text)
    assert _rows(batches) == kept
    assert [(one.reason, one.damage) for one in rejected] == told


def test_tables_of_two_schemas_are_told_apart_and_one_named_both_ways_is_one():
    text = "INSERT [a].[t] ([n]) VALUES (1)\nINSERT [t] ([n]) VALUES (2)\nINSERT [b].[t] ([n]) VALUES (3)\n"
    batches, _ = _read(text)
    assert [(batch.table, batch.rows, batch.row_numbers) for batch in batches] == [
        ("t", [["1"], ["2"]], [1, 2]),
        ("b.t", [["3"]], [1]),
    ]


def test_errors_never_quote_a_value():
    _, rejected = _read("INSERT [t] ([a]) VALUES (my_fn('07700 900123'))\nINSERT [t] ([a]) VALUES (07700 900123)\n")
    assert len(rejected) == 2
    assert not any("900" in one.detail for one in rejected)


@pytest.mark.parametrize(
    "head",
    [
        "-- MySQL dump 10.13\nINSERT INTO `t` VALUES ('x, N''y');\n",
        "INSERT INTO `t` (`a`) VALUES\n\t('2021');\n",
        "/*!40101 SET NAMES utf8 */;\nINSERT INTO t VALUES (CAST('1' AS DATE));\n",
        "INSERT INTO public.cdr (a,b) VALUES ('1','2');\n",
        "calldate,dst\n2021,N'x'\n",
    ],
)
def test_other_files_are_no_scripts(head):
    assert not looks_like_script(head)


def test_hostile_brackets_and_quotes_come_to_an_end():
    for text in ("(" * 100_000, "CAST(" * 50_000, "'" * 99_999, "q'[" * 9_999, "[" * 99_999, "/*" * 9_999):
        _batches, rejected = _read(f"INSERT [t] ([a]) VALUES ({text}")
        assert any(one.damage for one in rejected)


def test_a_strange_value_is_distinguished_from_a_cut_one():
    with pytest.raises(StrangeValueError):
        RowText("(a b)", 0, ended=True).values()
    with pytest.raises(Unfinished):
        RowText("('a", 0, ended=True).values()


PIECES = (
    "INSERT [t] ([a]) VALUES (|'|''|N'|q'[|(|)|,|\nGO\n|;|--|/*|*/|[|]|\"|0x|CAST(| AS DateTime)|CONVERT(|to_date("
    "|1|\n|/|\n/\n|CREATE TABLE t(|\xff|\0|+|{ts |BEGIN\n|INSERT ALL\nINTO t VALUES (|CREATE TRIGGER x\n|END;\n"
)
SPITEFUL = st.lists(st.sampled_from([*PIECES.split("|"), "||"]), max_size=40).map("".join)


@settings(max_examples=examples(500), deadline=None)
@given(SPITEFUL.map(lambda text: text.encode("latin-1")) | st.binary(max_size=200))
def test_hostile_bytes_give_rows_or_rejections_only(data):
    batches, rejected = _read(data)
    told: dict[str, list[int]] = {}
    for table, row in [(b.table, n) for b in batches for n in b.row_numbers] + [(r.table, r.row) for r in rejected]:
        told.setdefault(table, []).extend([row] if row else [])
    assert all(sorted(rows) == list(range(1, len(rows) + 1)) for rows in told.values())
