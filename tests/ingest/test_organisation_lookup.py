"""Shown numbers to organisations, a column at a time."""

import pyarrow as pa

from ringback.ingest.organisation_lookup import OrganisationColumn
from ringback.numbers.organisations import organisation_numbers


def test_a_column_of_numbers_is_named_as_one_by_one():
    known = organisation_numbers()
    numbers = [int(e164) for e164 in known["e164"].to_pylist()]
    shown = pa.array([None, 447700900123, *numbers], pa.int64())
    assert OrganisationColumn(known).read(shown).to_pylist() == [None, None, *known["organisation"].to_pylist()]
    assert OrganisationColumn(known).read(pa.array([], pa.int64())).to_pylist() == []


def test_numbers_beside_known_ones_are_nobody_s():
    known = organisation_numbers()
    numbers = {int(e164) for e164 in known["e164"].to_pylist()}
    beside = sorted({number + step for number in numbers for step in (-1, 1, 2**32)} - numbers)
    found = OrganisationColumn(known).read(pa.array(beside, pa.int64()))
    assert found.null_count == len(beside)
