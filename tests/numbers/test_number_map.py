"""The batch interface: one row per distinct text, the same whatever the number of workers."""

import pytest

from ringback import schemas
from ringback.numbers import number_map
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.number_map import METADATA_VERSION, read_numbers
from ringback.numbers.parse import read_number

PLAN = DialPlan()
AMBIGUOUS = "304" + "5550123"
RAWS = ["07700 900123", "", AMBIGUOUS, "withheld", "07700 900123", "+12125550123", AMBIGUOUS, "999"]
ARROW = {"string": "string", "int64": "int64", "boolean": "bool"}


def arrow_types(table):
    return {field.name: str(field.type) for field in table.schema}


def wanted_types(table):
    return {column.name: ARROW[column.type] for column in table.columns}


def test_one_row_per_distinct_text_in_input_order():
    readings, options = read_numbers(RAWS, plan=PLAN)
    assert readings["raw"].to_pylist() == list(dict.fromkeys(RAWS))
    assert arrow_types(readings) == wanted_types(schemas.READINGS)
    assert arrow_types(options) == wanted_types(schemas.READING_OPTIONS)
    for row in readings.to_pylist():
        alone = read_number(row["raw"], PLAN)
        assert row == {name: getattr(alone, name) for name in schemas.READINGS.names}


def test_options_only_for_the_ambiguous():
    _, options = read_numbers(RAWS, plan=PLAN)
    assert options.select(["raw", "rank", "e164", "how"]).to_pylist() == [
        {"raw": AMBIGUOUS, "rank": 1, "e164": "+44" + AMBIGUOUS, "how": "bare-national:GB"},
        {"raw": AMBIGUOUS, "rank": 2, "e164": "+1" + AMBIGUOUS, "how": "bare-national:US"},
    ]


def test_nothing_in_gives_empty_tables():
    readings, options = read_numbers([], plan=PLAN)
    assert (readings.num_rows, options.num_rows) == (0, 0)
    assert arrow_types(readings) == wanted_types(schemas.READINGS)
    assert arrow_types(options) == wanted_types(schemas.READING_OPTIONS)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_and_chunks_change_nothing(workers, monkeypatch):
    forms = ("07700 900{}", "2125550{}", "3045550{}")
    raws = [form.format(last) for last in range(100, 200) for form in forms] + RAWS
    whole = read_numbers(raws, plan=PLAN)
    monkeypatch.setattr(number_map, "_CHUNK_ROWS", 90)
    monkeypatch.setattr(number_map, "_CHUNKS_WORTH_WORKERS", 1)
    done = []
    chunked = read_numbers(raws, plan=PLAN, workers=workers, progress=done.append)
    assert chunked[0].equals(whole[0])
    assert chunked[1].equals(whole[1])
    assert done == [90, 90, 90, whole[0].num_rows - 270]


def test_the_metadata_version_is_one():
    assert METADATA_VERSION.split(".")[0].isdigit()
