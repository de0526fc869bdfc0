"""Rows that are no data are distinguished from rows of data."""

import pytest

from ringback.sources.delimited.repeated_headers import RepeatedHeaders

HEADER = ["\ufeffid", "account", " called_number ", "duration", ""]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["id", "account", " called_number ", "duration", ""], "repeated_header"),
        (["\ufeffid", "ACCOUNT", " called_number ", "duration"], "repeated_header"),
        (["account", "duration", "other"], "other_header"),
        (["id", " called_number ", "account", "duration", ""], "other_header"),
        (["1", "fox", "07700 900001", "60", ""], None),
        (["1", "account", "07700 900001", "60", ""], None),
        (["account", "", "", "", ""], None),
    ],
)
def test_a_repeated_header_is_recognised(row, reason):
    found = RepeatedHeaders(HEADER).tell(row)
    assert (found and found.reason) == reason
    assert found is None or found.damage == (reason == "other_header")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["INTEGER", "VARCHAR(50)", "UniqueIdentifier"], "type_line"),
        (["bigint", "nvarchar(max)", "decimal(10, 2)", "int unsigned", "timestamptz"], "type_line"),
        (["string", "datetime", "boolean not null"], "type_line"),
        (["---", "-----", "--"], "ruled_line"),
        (["=====", "====="], "ruled_line"),
        (["INTEGER"], None),
        (["integer", "fox"], None),
        (["text", "", "text"], None),
        (["-", "-"], None),
        (["1", "2"], None),
    ],
)
def test_lines_of_types_and_dashes_are_recognised(row, reason):
    strangers = RepeatedHeaders(["a", "b", "c"])
    found = strangers.below_header(row)
    assert (found and found.reason) == reason
    # Once it was found below the header, it is searched in all rows.
    again = strangers.tell(row)
    assert (again and again.reason) == reason
