"""Shown number to organisation."""

import hashlib
import re

import pytest

from ringback import schemas
from ringback.numbers.organisations import find_organisation, organisation_numbers, organisations_digest

HEADER = "organisation,sector,line,number_as_published,e164,country,source_url,confidence\n"


def write(tmp_path, *rows):
    path = tmp_path / "organisations.csv"
    path.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_packaged_list_has_one_row_per_number():
    table = organisation_numbers()
    assert tuple(table.column_names) == schemas.ORGANISATION_NUMBERS.names
    assert {str(field.type) for field in table.schema} == {"string"}
    numbers = table["e164"].to_pylist()
    assert len(numbers) == len(set(numbers)) > 200
    assert all(re.fullmatch(r"\+[0-9]{7,15}", number) for number in numbers)
    assert {"Barclays", "HMRC"} <= set(table["organisation"].to_pylist())
    assert organisation_numbers().equals(table)


def test_every_packaged_number_finds_its_organisation():
    for row in organisation_numbers().to_pylist():
        assert find_organisation(row["e164"]) == row["organisation"]
    assert find_organisation("+447700900123") is None


def test_the_surest_wins_and_then_the_first(tmp_path):
    path = write(
        tmp_path,
        "Low Bank,bank,x,,+441632960001,GB,,low",
        "High Bank,bank,x,,+441632960001,GB,,high",
        "Later Bank,bank,x,,+441632960001,GB,,high",
        "First Tax,tax,x,,+441632960002,GB,,medium",
        "Second Tax,tax,x,,+441632960002,GB,,medium",
        "Short Code,bank,x,159,,GB,,high",
    )
    assert organisation_numbers(path).to_pylist() == [
        {"e164": "+441632960001", "organisation": "High Bank", "sector": "bank"},
        {"e164": "+441632960002", "organisation": "First Tax", "sector": "tax"},
    ]


def test_missing_columns_are_all_named(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("organisation,line\nA,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="sector, e164, confidence"):
        organisation_numbers(path)


def test_the_digest_is_of_the_file_used(tmp_path):
    path = write(tmp_path, "A Bank,bank,x,,+441632960001,GB,,high")
    assert organisations_digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert organisations_digest() != organisations_digest(path)
    assert re.fullmatch("[0-9a-f]{64}", organisations_digest())
