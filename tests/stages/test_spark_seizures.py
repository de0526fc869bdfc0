"""Many random small seizures as one, on Spark: every table as DuckDB makes it, which plain Python checks elsewhere."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from stages.literal_tables import analyse_duckdb
from stages.seizures import GIVEN, every_reason, seizures
from stages.spark_tables import analyse_spark

CROWD = 150
# What tells one of the seizures from the others, so that as one they stay as many.
OWN = ("account", "subject", "call_id")


def gather(count):
    """That many random seizures, the same ones every time."""
    found = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seizures())
    def collect(seizure):
        found.append(seizure)

    collect()
    return found


def renamed(rows, number):
    return [row | {name: f"{row[name]}/{number}" for name in OWN if row.get(name)} for row in rows]


def crowd():
    """One seizure of them all, and of the one in which everything happens."""
    every = every_reason()
    calls, subjects = list(every.calls), list(every.subjects)
    for number, seizure in enumerate(gather(CROWD)):
        calls += renamed(seizure.calls, number)
        subjects += renamed(seizure.subjects, number)
    calls = [row | {"origin_row": place} for place, row in enumerate(calls, start=1)]
    return replace(every, calls=calls, subjects=subjects)


@pytest.mark.spark
def test_spark_makes_of_many_seizures_what_duckdb_makes(spark):
    tables = crowd().tables
    ours, theirs = analyse_spark(spark, tables, GIVEN), analyse_duckdb(tables, GIVEN)
    assert len(theirs["calls"]) > 500
    assert theirs["victims"]
    assert list(ours) == list(theirs)
    unordered = ("settled_readings", "own_numbers", "payment_rows", "account_subjects", "subjects")
    for name, rows in theirs.items():
        if name.startswith(unordered):
            assert sorted(map(str, ours[name])) == sorted(map(str, rows)), name
        else:
            assert ours[name] == rows, name
