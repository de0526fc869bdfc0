"""Every cell that the reader finds in a dump of a real pg_dump is what the real server returns."""

import io

import psycopg
import pytest
from sqlalchemy import make_url

import postgres_server
from mariadb_server import HOSTILE_TEXTS
from ringback.sources.sqldump.postgres import read_pgdump
from sqldump_reading import gather

TABLES = """
CREATE SCHEMA archive; CREATE SCHEMA "Odd.Schema";
CREATE TYPE public.mood AS ENUM ('ok', 'it''s; (bad)', 'x,y');
CREATE TABLE public.calls (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account text, t varchar(9000), empty text DEFAULT '',
  at timestamptz, local timestamp(3), day date, clock time, span interval, n numeric(30,10), big numeric, f real,
  d double precision, small smallint, yes boolean, data bytea, tags text[], grid integer[][], j json, jb jsonb,
  u uuid, ip inet, bits bit(9), vb bit varying(80), m public.mood, money money, r int4range, x text,
  doubled numeric(31,10) GENERATED ALWAYS AS (n * 2) STORED,
  CONSTRAINT "odd; (check" CHECK (account IS NULL OR account <> ';(')
);
CREATE TABLE archive.calls (account text, t text);
CREATE TABLE "Odd.Schema"."Odd ""table"" (1)" ("Col, 1" text, "select" text, "caf\u00e9" text, data bytea);
CREATE TABLE public.child (extra text) INHERITS (archive.calls);
CREATE TABLE public.parts (day date, t text) PARTITION BY RANGE (day);
CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE public.nothing (a integer); CREATE TABLE public.no_columns ();
CREATE UNLOGGED TABLE public.one (t text);
CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql AS $body$ BEGIN
  -- it's; "a comment
  INSERT INTO public.calls (t) VALUES ('from; a function'); RETURN E'it\\'s; $$'; /* ' */ END $body$;
CREATE VIEW public.v AS SELECT account, ';''--/*'::text AS t FROM public.calls;
COMMENT ON TABLE public.calls IS 'It''s; INSERT INTO public.calls VALUES (1); \\ COPY x FROM stdin;';
"""
ODD = [
    {"at": "2022-03-27 01:30:00+00", "local": "2022-10-30 01:59:59.999", "day": "0044-03-15 BC", "clock": "24:00:00"},
    {"at": "infinity", "local": "-infinity", "span": "-1 year 2 mons -3 days 04:05:06.789", "n": "-0.0000000001"},
    {"big": "NaN", "f": "Infinity", "d": "-Infinity", "small": -32768, "yes": True},
    {"big": "-123456789012345678901234567890.123456789", "f": "1e-10", "d": "2.2250738585072014e-308", "yes": False},
    {"data": bytes(range(256)) * 2, "tags": ["a", None, "", "NULL", '{"x",\\}', "\t\n'"], "grid": [[1, 2], [3, 4]]},
    {"data": b"", "tags": [], "j": '{"a": "\\u00e9\\n\\"\'\\\\"}', "jb": '{"b": [null, "\\\\\\t"]}'},
    {"u": "00112233-4455-6677-8899-aabbccddeeff", "ip": "2001:db8::1/64", "bits": "101000101", "vb": "1"},
    {"m": "it's; (bad)", "money": "-1234.56", "r": "[1,5)", "x": "<a b='c'>&lt;\t</a>"},
]
OPTION_SETS = [
    (),
    ("--inserts",),
    ("--column-inserts",),
    ("--rows-per-insert=7", "--on-conflict-do-nothing"),
    ("--data-only",),
    ("--data-only", "--column-inserts", "--disable-dollar-quoting"),
    ("--clean", "--create", "--if-exists", "--quote-all-identifiers"),
    ("--quote-all-identifiers", "--inserts"),
    ("--disable-dollar-quoting", "--no-owner", "--disable-triggers"),
    ("--encoding=SQL_ASCII",),
]


@pytest.fixture(scope="module")
def database(postgres):
    address = postgres.new_database()
    with connect(address) as connection:
        connection.execute(TABLES)
        texts = [text.replace("\0", "") for text in HOSTILE_TEXTS] + [
            "\\N",
            "\\.",
            "a\n\\.\nb",
            "\\\\x41",
            "E'x'",
            "$$;",
        ]
        for text in texts:
            connection.execute("INSERT INTO public.calls (account, t) VALUES (%s, %s)", [text * 2, text])
            connection.execute("INSERT INTO public.one VALUES (%s)", [text])
            values = [text, text * 2, None if len(text) % 2 else text, text.encode()]
            connection.execute('INSERT INTO "Odd.Schema"."Odd ""table"" (1)" VALUES (%s, %s, %s, %s)', values)
            connection.execute("INSERT INTO public.child VALUES (%s, %s, %s)", [text, None, text])
            connection.execute("INSERT INTO archive.calls VALUES (%s, %s)", [f"{text}!", ""])
            connection.execute("INSERT INTO public.parts VALUES ('2020-06-01', %s)", [text])
        for row in ODD:
            names = ", ".join(row)
            marks = ", ".join(["%s"] * len(row))
            connection.execute(f"INSERT INTO public.calls ({names}) VALUES ({marks})", list(row.values()))
        connection.execute("INSERT INTO public.calls (t) SELECT 'bulk ' || n FROM generate_series(1, 500) n")
    yield address
    postgres.drop_database(address)


def connect(address):
    return psycopg.connect(make_url(address).set(drivername="postgresql").render_as_string(False), autocommit=True)


def select(address, table, columns, *, types=True):
    """The values that the server itself sends, in its text form; bytes for columns that the dump declares bytea."""
    names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    with connect(address) as connection:
        cursor = connection.execute(f"SELECT {names} FROM ONLY {table}")
        result = cursor.pgresult
        is_bytes = [types and one.type_code == 17 for one in cursor.description]
        return [
            tuple(
                (bytes.fromhex(value[2:].decode()) if is_bytes[at] and value else value) or None
                for at, value in enumerate(result.get_value(row, at) for at in range(result.nfields))
            )
            for row in range(result.ntuples)
        ]


def read(data):
    rejections = []
    tables = gather(read_pgdump(io.BytesIO(data), reject=rejections.append, batch_rows=100))
    return {name: (columns, *rest) for (name, columns), rest in tables.items()}, rejections


PLACES = {
    "calls": "archive.calls",
    "public.calls": "public.calls",
    'Odd "table" (1)': '"Odd.Schema"."Odd ""table"" (1)"',
    "child": "public.child",
    "parts_1": "public.parts_1",
    "one": "public.one",
}


@pytest.mark.parametrize("options", OPTION_SETS, ids=lambda options: " ".join(options) or "default")
def test_every_cell_equals_what_the_server_returns(database, options):
    data = postgres_server.dump(database, *options)
    tables, rejections = read(data)
    assert rejections == []
    assert set(tables) == set(PLACES)
    cells = 0
    for name, (columns, rows, numbers, offsets) in tables.items():
        expected = select(database, PLACES[name], columns, types="--data-only" not in options)
        # A computed column is not part of the data: with --inserts, DEFAULT stands in its place.
        computed = columns.index("doubled") if "doubled" in columns else len(columns)
        expected = [row[:computed] + (None,) * (computed < len(columns)) + row[computed + 1 :] for row in expected]
        assert len(rows) == len(expected)
        assert [pair for pair in zip(rows, expected, strict=True) if pair[0] != pair[1]] == []
        assert numbers == list(range(1, len(expected) + 1))
        assert offsets == sorted(set(offsets))
        cells += len(rows) * len(columns)
    assert cells > 14_000


def test_the_dumps_really_hold_what_must_not_be_read(database):
    data = postgres_server.dump(database)
    assert b"INSERT INTO public.calls (t) VALUES ('from; a function')" in data
    assert b"$_$" in data or b"$body$" in data
    assert b"GENERATED ALWAYS AS" in data


def test_a_dump_in_another_encoding(postgres):
    address = postgres.new_database()
    with connect(address) as connection:
        connection.execute(
            "CREATE TABLE t (\"caf\u00e9\" text); INSERT INTO t VALUES ('\u00e9\u00fc\u00df'), ('plain')"
        )
    for options in ((), ("--inserts",)):
        tables, rejections = read(postgres_server.dump(address, "--encoding=LATIN1", *options))
        assert rejections == []
        assert tables["t"][0] == ("caf\u00e9",)
        assert tables["t"][1] == [("\u00e9\u00fc\u00df".encode(),), (b"plain",)]
    postgres.drop_database(address)


def test_a_dump_cut_anywhere_gives_the_whole_rows_before(database):
    for options in ((), ("--rows-per-insert=5",)):
        data = postgres_server.dump(database, *options)
        whole, _ = read(data)
        for cut in range(len(data) // 3, len(data) - 40, len(data) // 37):
            tables, rejections = read(data[:cut])
            assert any(one.damage for one in rejections)
            for name, (_, rows, *_rest) in tables.items():
                assert rows == whole[name][1][: len(rows)]
