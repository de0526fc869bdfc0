"""The numbers of accounts, subjects and the site as tables: what reading each alone gives."""

import pyarrow as pa

from ringback import schemas
from ringback.ingest.number_readings import read_texts
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number

PLAN = DialPlan()
AMBIGUOUS = "304" + "5550123"
RAWS = ["07700 900123", "", AMBIGUOUS, "withheld", "+12125550123", "999", "ask for ext 12"]
ARROW = {"string": "string", "int64": "int64", "boolean": "bool"}


def read(raws):
    return read_texts(pa.array(raws, pa.string()), ColumnReader(PLAN))


def arrow_types(table):
    return {field.name: str(field.type) for field in table.schema}


def wanted_types(table):
    return {column.name: ARROW[column.type] for column in table.columns}


def test_one_row_per_text_in_their_order():
    readings, options = read(RAWS)
    assert readings["raw"].to_pylist() == RAWS
    assert arrow_types(readings) == wanted_types(schemas.READINGS)
    assert arrow_types(options) == wanted_types(schemas.READING_OPTIONS)
    for row in readings.to_pylist():
        alone = read_number(row["raw"], PLAN)
        assert row == {name: getattr(alone, name) for name in schemas.READINGS.names}


def test_options_only_for_the_ambiguous():
    _, options = read(RAWS)
    assert options.select(["raw", "rank", "e164", "how"]).to_pylist() == [
        {"raw": AMBIGUOUS, "rank": 1, "e164": "+44" + AMBIGUOUS, "how": "bare-national:GB"},
        {"raw": AMBIGUOUS, "rank": 2, "e164": "+1" + AMBIGUOUS, "how": "bare-national:US"},
    ]


def test_nothing_in_gives_empty_tables():
    readings, options = read([])
    assert (readings.num_rows, options.num_rows) == (0, 0)
    assert arrow_types(readings) == wanted_types(schemas.READINGS)
    assert arrow_types(options) == wanted_types(schemas.READING_OPTIONS)
