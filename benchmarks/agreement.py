"""The analyst's results beside ringback's: each row that differs has to be told by what ringback says of it.

Usage: python benchmarks/agreement.py CASE ANALYST_OUT
"""

import json
import sys
from collections import Counter
from contextlib import chdir
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

# How a number may be read that phonenumbers, asked for somebody in the UK, does not know of.
OTHER_WAYS = ("011", "bare-international", "bare-national:US")
# Ofcom's number range for drama that phonenumbers calls invalid and whose numbers ringback reads.
DRAMA = (441632960000, 441632960999)


@dataclass
class Agreement:
    """What came of the comparison.

    Attributes:
        rows: Seized rows compared.
        alike: Rows in which e164, kind and region of the called number are the same, or none for both.
        told: Rows that differ, by what ringback says of them.
        left_over: Rows that differ, and nothing says why.
        victims: Victims of both.
        only_ringback, only_analyst: Victims of one alone, by what tells them.
        victims_left_over: Victims of one alone, and nothing says why.
    """

    rows: int = 0
    alike: int = 0
    told: dict[str, int] = field(default_factory=dict)
    left_over: int = 0
    victims: int = 0
    only_ringback: dict[str, int] = field(default_factory=dict)
    only_analyst: dict[str, int] = field(default_factory=dict)
    victims_left_over: int = 0


def compare(case: Path, analyst: Path) -> Agreement:
    """Compare the current run of a case with what `analyst.py` wrote; both have the calls file's rows in its order."""
    run, analyst = (case / "runs" / (case / "current").read_text().strip()).resolve(), analyst.resolve()
    # On disk: the rows of a real case, with what both make of them, fit into no memory limit that is polite.
    database = analyst / "agreement.duckdb"
    database.unlink(missing_ok=True)
    connection = duckdb.connect(str(database), config={"memory_limit": "4GB", "threads": 2})
    connection.execute("SET preserve_insertion_order = false")
    # What a run gives to experts who have DuckDB alone.
    try:
        with chdir(run):
            connection.execute((run / "tables.sql").read_text())
            found = _compare_rows(connection, analyst)
            _compare_victims(connection, run, analyst, found)
    finally:
        connection.close()
        database.unlink(missing_ok=True)
    return found


def _compare_rows(connection: duckdb.DuckDBPyConnection, analyst: Path) -> Agreement:
    # One table after the other: each big join alone finds room, and spills where it does not.
    connection.execute("""
        CREATE TABLE texts AS SELECT exhibit, origin_table, origin_row,
            row_number() OVER (ORDER BY origin_row) AS place,
            regexp_full_match(called_raw, '[+0-9 ]*') AS unwrapped
        FROM parsed_calls
    """)
    connection.execute("""
        CREATE TABLE ours AS SELECT exhibit, origin_table, origin_row, account, connected, duration_s, rejected, own,
            called_number, called_kind, called_region, called_how, called_ambiguous, called_disambiguated, called_reason
        FROM (
            FROM calls
            UNION ALL BY NAME SELECT * EXCLUDE (row_id, needs_review) FROM adjusted_rows WHERE rejected IS NOT NULL
        )
    """)
    connection.execute("CREATE TABLE placed AS FROM ours JOIN texts USING (exhibit, origin_table, origin_row)")
    connection.execute(f"""
        CREATE TABLE theirs AS SELECT file_row_number + 1 AS place, called_kind AS their_kind,
            called_region AS their_region, try_cast(replace(called_e164, '+', '') AS BIGINT) AS their_number
        FROM read_parquet('{analyst}/readings.parquet', file_row_number = true)
    """)
    connection.execute("DROP TABLE ours; DROP TABLE texts")
    connection.execute("CREATE TABLE both_ways AS FROM placed FULL JOIN theirs USING (place)")
    connection.execute("DROP TABLE placed; DROP TABLE theirs")
    found = Agreement()
    found.rows = connection.execute("SELECT count(*) FROM both_ways").fetchone()[0]
    connection.execute(f"""
        CREATE TABLE judged AS
        SELECT account, connected, duration_s, rejected, own, called_number, their_number,
            their_number IS NOT DISTINCT FROM called_number AND their_kind IS NOT DISTINCT FROM called_kind
                AND their_region IS NOT DISTINCT FROM called_region AS alike,
            CASE
                WHEN called_ambiguous THEN 'ambiguous'
                WHEN called_disambiguated THEN 'settled: ' || called_how
                WHEN called_reason IS NOT NULL THEN 'unread: ' || called_reason
                WHEN called_how IN {OTHER_WAYS!r} THEN 'read another way: ' || called_how
                WHEN called_number BETWEEN {DRAMA[0]} AND {DRAMA[1]} THEN 'drama number'
                WHEN unwrapped THEN NULL
                ELSE 'in a wrapping, ' || called_how
            END AS why
        FROM both_ways
    """)
    told = connection.execute("SELECT why, count(*) FROM judged WHERE NOT alike GROUP BY 1 ORDER BY 2 DESC").fetchall()
    found.alike = found.rows - sum(count for _why, count in told)
    found.told = {why: count for why, count in told if why}
    found.left_over = sum(count for why, count in told if not why)
    return found


def _compare_victims(connection: duckdb.DuckDBPyConnection, run: Path, analyst: Path, found: Agreement) -> None:
    connection.execute(f"""
        CREATE TABLE our_victims AS SELECT try_cast(replace(called_number, '+', '') AS BIGINT) AS number
            FROM read_parquet('{run}/victims.parquet');
        CREATE TABLE their_victims AS SELECT try_cast(replace(called_e164, '+', '') AS BIGINT) AS number
            FROM read_csv('{analyst}/victims.csv', all_varchar = true)
    """)
    found.victims = connection.execute(
        "SELECT count(*) FROM our_victims SEMI JOIN their_victims USING (number)"
    ).fetchone()[0]
    connection.execute(f"""
        CREATE TABLE their_long_calls AS SELECT judged.*,
            coalesce(CASE WHEN NOT alike THEN why END, 'rejected: ' || rejected, 'own number of ' || own) AS reason
        FROM judged SEMI JOIN (
            FROM read_parquet('{run}/account_subjects.parquet') WHERE identified
        ) AS tied ON judged.account = tied.account
        WHERE connected AND duration_s > 60
    """)
    # A victim of ringback alone: every long call that ringback kept the analyst read otherwise, or not at all.
    mine = connection.execute("""
        SELECT number, max(CASE WHEN alike THEN NULL ELSE why END), bool_or(alike)
        FROM our_victims ANTI JOIN their_victims USING (number)
        LEFT JOIN their_long_calls ON called_number = number AND rejected IS NULL GROUP BY 1
    """).fetchall()
    # A victim of the analyst alone: each of its long calls ringback read otherwise, rejected, or knows the owner of.
    theirs = connection.execute("""
        SELECT number, max(reason), bool_or(reason IS NULL) FROM their_victims ANTI JOIN our_victims USING (number)
        LEFT JOIN their_long_calls ON their_number = number GROUP BY 1
    """).fetchall()
    for rows, kept in ((mine, found.only_ringback), (theirs, found.only_analyst)):
        kept.update(Counter(why for _number, why, _left in rows if why))
        found.victims_left_over += sum(1 for _number, why, left in rows if left or not why)


if __name__ == "__main__":
    result = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(asdict(result), indent=1))
    sys.exit(bool(result.left_over or result.victims_left_over))
