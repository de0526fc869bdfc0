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
    spill = str(analyst / ".spill")
    connection = duckdb.connect(config={"memory_limit": "8GB", "threads": 2, "temp_directory": spill})
    # What a run gives to experts who have DuckDB alone.
    with chdir(run):
        connection.execute((run / "tables.sql").read_text())
        found = _compare_rows(connection, analyst)
        _compare_victims(connection, run, analyst, found)
    return found


def _compare_rows(connection: duckdb.DuckDBPyConnection, analyst: Path) -> Agreement:
    connection.execute(f"""
        CREATE TABLE both_ways AS
        WITH ours AS (
            SELECT row_number() OVER (ORDER BY c.origin_row) AS place, c.*, r.called_number AS first_number,
                r.called_kind AS first_kind, r.called_region AS first_region, r.called_raw
            FROM call_rows AS c JOIN read_calls AS r USING (exhibit, origin_table, origin_row)
        ), theirs AS (
            SELECT file_row_number + 1 AS place, called_e164, called_kind AS their_kind, called_region AS their_region
            FROM read_parquet('{analyst}/readings.parquet', file_row_number = true)
        )
        SELECT *, try_cast(replace(called_e164, '+', '') AS BIGINT) AS their_number
        FROM ours FULL JOIN theirs USING (place)
    """)
    found = Agreement()
    found.rows = connection.execute("SELECT count(*) FROM both_ways").fetchone()[0]
    connection.execute(f"""
        CREATE TABLE judged AS SELECT *,
            their_number IS NOT DISTINCT FROM called_number AND their_kind IS NOT DISTINCT FROM called_kind
                AND their_region IS NOT DISTINCT FROM called_region AS alike,
            CASE
                WHEN called_ambiguous THEN 'ambiguous'
                WHEN called_settled THEN 'settled: ' || called_how
                WHEN called_reason IS NOT NULL THEN 'unread: ' || called_reason
                WHEN called_how IN {OTHER_WAYS!r} THEN 'read another way: ' || called_how
                WHEN regexp_full_match(called_raw, '[+0-9 ]*') THEN NULL
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
        CREATE TABLE ours AS SELECT try_cast(replace(called_number, '+', '') AS BIGINT) AS number
            FROM read_parquet('{run}/victims.parquet');
        CREATE TABLE theirs AS SELECT try_cast(replace(called_e164, '+', '') AS BIGINT) AS number
            FROM read_csv('{analyst}/victims.csv', all_varchar = true)
    """)
    found.victims = connection.execute("SELECT count(*) FROM ours SEMI JOIN theirs USING (number)").fetchone()[0]
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
        FROM ours ANTI JOIN theirs USING (number)
        LEFT JOIN their_long_calls ON called_number = number AND rejected IS NULL GROUP BY 1
    """).fetchall()
    # A victim of the analyst alone: each of its long calls ringback read otherwise, rejected, or knows the owner of.
    theirs = connection.execute("""
        SELECT number, max(reason), bool_or(reason IS NULL) FROM theirs ANTI JOIN ours USING (number)
        LEFT JOIN their_long_calls ON their_number = number GROUP BY 1
    """).fetchall()
    for rows, kept in ((mine, found.only_ringback), (theirs, found.only_analyst)):
        kept.update(Counter(why for _number, why, _left in rows if why))
        found.victims_left_over += sum(1 for _number, why, left in rows if left or not why)


if __name__ == "__main__":
    result = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(asdict(result), indent=1))
    sys.exit(bool(result.left_over or result.victims_left_over))
