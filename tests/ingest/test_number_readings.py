"""Numbers of accounts, subjects and the site are read with what they may mean."""

import pytest

from ringback import schemas as t
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore, part_name
from ringback.ingest.number_readings import save_readings
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from stages.literal_tables import arrow

# Numbers of the United Kingdom, and of Maine.
CALLED, CONTACT = "2079460123", "2079460999"


@pytest.fixture
def engine(tmp_path):
    """A run whose calls and whose accounts have one ambiguous number each."""
    with DuckDBEngine(RunStore(tmp_path / "run"), memory_limit="200MB", threads=1) as engine:
        save = engine.store.save_rows
        accounts = [{"account": "fox", "contact_number": CONTACT}, {"account": "owl", "contact_number": None}]
        save(part_name(t.RAW_ACCOUNTS, "EX-001"), arrow(t.RAW_ACCOUNTS, accounts))
        save(part_name(t.RAW_SUBJECTS, "EX-001"), arrow(t.RAW_SUBJECTS, []))
        save(part_name(t.RAW_SITE_NUMBERS, "EX-001"), arrow(t.RAW_SITE_NUMBERS, [{"number": "020 7946 0998"}]))
        save(part_name(t.SEEN_OPTIONS, "EX-001"), arrow(t.SEEN_OPTIONS, [{"raw": CALLED, "rank": 1, "e164": "+1"}]))
        yield engine


def test_what_ambiguous_numbers_may_mean_is_kept_of_calls_and_of_contacts(engine):
    # As a run does, the engine is asked about the calls' options before the contacts are read.
    assert [row["raw"] for row in engine.dicts(t.SEEN_OPTIONS)] == [CALLED]
    save_readings(engine, ColumnReader(DialPlan()))
    options = engine.dicts(lambda m: m.reading_options.order_by("raw", "rank"))
    assert [(row["raw"], row["e164"]) for row in options] == [
        (CALLED, "+1"),
        (CONTACT, "+442079460999"),
        (CONTACT, "+12079460999"),
    ]
    readings = engine.dicts(lambda m: m.readings.order_by("raw"))
    assert [(row["raw"], row["reason"]) for row in readings] == [
        ("", "empty"),
        ("020 7946 0998", None),
        (CONTACT, None),
    ]
