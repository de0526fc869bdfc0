"""Somebody with DuckDB alone sees every table of a run, those that no file holds too."""

import duckdb
import pytest

from cli.conftest import make_case
from ringback import schemas as t
from ringback.results import results
from ringback.schemas.table import Table


@pytest.fixture(scope="module")
def longer(ringback, seizures, tmp_path_factory):
    """A case whose rule asks for more than the figures do."""
    case = make_case(ringback, tmp_path_factory.mktemp("rules") / "case", seizures / "csv")
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace('alert = "over-a-minute@1"', 'alert = "over-five-minutes@1"'))
    done = ringback("run", case)
    assert done.code == 0, done.err
    assert ringback("victims", case, "--json").json["rule"] == "over-five-minutes@1"
    return case


@pytest.fixture(params=["over-a-minute@1", "over-five-minutes@1"])
def ask(request, cases, monkeypatch):
    """A function: a query in, its rows out."""
    case = cases / "csv" if request.param == "over-a-minute@1" else request.getfixturevalue("longer")
    monkeypatch.chdir(case / "runs" / (case / "current").read_text().strip())
    connection = duckdb.connect()
    with open("tables.sql") as script:  # noqa: PTH123 - as an expert would
        text = script.read()
    # Given twice, as by somebody who keeps a database of their own.
    connection.execute(text)
    connection.execute(text)
    return lambda query: connection.execute(query).fetchall()


def test_every_table_is_there_with_its_columns(ask):
    for schema in t.TABLES:
        found = tuple(row[0] for row in ask(f'DESCRIBE "{schema.name}"'))
        assert found == schema.names, schema.name


def test_defined_tables_have_the_rows_that_saved_ones_tell_of(ask):
    [(rows,)], [(rejected,)] = (
        ask("SELECT count(*) FROM parsed_calls"),
        ask("SELECT count(rejected) FROM adjusted_rows"),
    )
    assert rejected > 0
    calls = rows - rejected
    assert ask("SELECT count(*) FROM calls") == ask("SELECT sum(calls) FROM call_tally") == [(calls,)]
    assert ask("SELECT count(*) FROM rejected_rows WHERE step = 'calls'") == [(rejected,)]
    read = ask("SELECT count(*), count(DISTINCT called_number) FROM calls WHERE called_number IS NOT NULL")
    assert ask("SELECT sum(calls), count(*) FROM called_parties") == read


def test_long_calls_are_the_long_ones_among_all_calls(ask):
    long_ = "FROM calls WHERE connected AND duration_s > 60 AND called_region = 'GB' AND own IS NULL"
    assert ask(f"SELECT * {long_} EXCEPT ALL SELECT * FROM long_calls") == []
    assert ask(f"SELECT count(*) {long_}") == ask("SELECT count(*) FROM long_calls") != [(0,)]


@pytest.mark.slow
def test_an_altered_script_is_told(ringback, seizures, tmp_path):
    case = make_case(ringback, tmp_path / "case", seizures / "csv")
    assert ringback("run", case).code == 0
    script = case / "runs" / (case / "current").read_text().strip() / "tables.sql"
    script.write_text(script.read_text().replace("IS NULL", "IS NOT NULL"))
    told = ringback("verify", case)
    assert told.code == 1
    assert "tables.sql" in told.out + told.err
    assert ringback("run", case).code == 0
    assert ringback("verify", case).code == 0


def test_a_run_of_a_version_with_other_tables_is_told_as_that(ringback, cases, monkeypatch):
    monkeypatch.setattr(results.t, "TABLES", (*t.TABLES, Table("of_tomorrow", "", t.VICTIMS.columns)))
    told = ringback("victims", cases / "csv")
    assert told.code == 2
    assert "another version of ringback" in told.err
    assert "ringback run" in told.err
