"""What a call's row says of its numbers and its talk time."""

import pytest

from stages.literal_tables import raw_call
from stages.number_book import BARE_US
from stages.reading_calls import decide


def read_one(run, own=(), **values):
    (row,) = decide(run, [raw_call(**values)], own=own)
    return row


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("61", 61.0),
        ("0", 0.0),
        (" 61 ", 61.0),
        ("61.5", 61.5),
        ("0:01:01", 61.0),
        ("00:01:01", 61.0),
        ("1:00:00", 3600.0),
        ("100:00:01", 360_001.0),
    ],
)
def test_talk_time_is_seconds_or_hours_minutes_and_seconds(run, text, seconds):
    assert read_one(run, duration=text)["duration_s"] == seconds


@pytest.mark.parametrize("text", [None, "", "n/a", "-61", "1:01", "61s", "1e3", "nan", "inf", "1:2:3", "61,5"])
def test_talk_time_that_cannot_be_read_is_unknown_and_the_call_not_connected(run, text):
    row = read_one(run, duration=text)
    assert (row["duration_s"], row["connected"], row["rejected"]) == (None, False, None)


@pytest.mark.parametrize("disposition", ["ANSWERED", "answered", " Answered ", "ANSWER", "CONNECTED", None])
def test_an_answered_call_with_talk_time_is_connected(run, disposition):
    assert read_one(run, disposition=disposition)["connected"] is True


@pytest.mark.parametrize("disposition", ["BUSY", "NO ANSWER", "FAILED", "", "UNANSWERED"])
def test_talk_time_does_not_connect_a_call_that_was_not_answered(run, disposition):
    row = read_one(run, disposition=disposition, duration="61")
    assert (row["connected"], row["duration_s"]) == (False, 61.0)


def test_an_answered_call_without_talk_time_is_not_connected(run):
    assert read_one(run, disposition="ANSWERED", duration="0")["connected"] is False


def test_a_called_number_carries_how_it_was_read(run):
    row = read_one(run, called_number="+44 7700 900001")
    assert {key: value for key, value in row.items() if key.startswith("called_")} == {
        "called_number": "+447700900001",
        "called_kind": "mobile",
        "called_region": "GB",
        "called_how": "plus",
        "called_ambiguous": False,
        "called_disambiguated": False,
        "called_reason": None,
    }


def test_an_unreadable_called_number_carries_the_reason(run):
    empty, eaten = decide(run, [raw_call(1, called_number=None), raw_call(2, called_number="4.477E+11")])
    assert (empty["called_number"], empty["called_reason"]) == (None, "empty")
    assert (eaten["called_number"], eaten["called_reason"]) == (None, "eaten_by_spreadsheet")
    assert (eaten["called_kind"], eaten["called_region"], eaten["called_ambiguous"]) == (None, None, False)


def test_an_ambiguous_number_never_has_a_called_number(run):
    row = read_one(run, called_number="either 1", own=[{"e164": "+447700900101", "owner": "site"}])
    assert row["called_ambiguous"] is True
    assert (row["called_number"], row["called_kind"], row["called_region"]) == (None, None, None)
    assert row["own"] is None


def test_an_ambiguous_number_that_was_settled_is_a_called_number(run):
    habit = [raw_call(row, called_number=text) for row, text in enumerate(list(BARE_US)[:5], start=2)]
    row = decide(run, [raw_call(1, called_number="either 1"), *habit])[0]
    assert (row["called_number"], row["called_region"]) == ("+12125550101", "US")
    assert (row["called_ambiguous"], row["called_disambiguated"], row["called_how"]) == (
        False,
        True,
        "bare-national:US",
    )


def test_a_row_without_an_account_is_a_call_all_the_same(run):
    row = read_one(run, account=None)
    assert (row["account"], row["called_number"], row["rejected"]) == (None, "+447700900001", None)


def test_a_called_number_of_ones_own_says_whose(run):
    own = [{"e164": "+447700900001", "owner": "subject"}]
    mine, other = decide(run, [raw_call(1), raw_call(2, called_number="07700 900002")], own=own)
    assert (mine["own"], other["own"]) == ("subject", None)


def test_a_shown_number_of_an_organisation_names_it(run):
    row = read_one(run, presentation_number="bank")
    assert (row["presentation_number"], row["organisation"]) == ("+441214960001", "A Bank")


def test_a_shown_number_of_nobody_known_names_nobody(run):
    row = read_one(run, presentation_number="07700 900002")
    assert (row["presentation_number"], row["organisation"]) == ("+447700900002", None)


@pytest.mark.parametrize("shown", [None, "anonymous", "either 1"])
def test_a_shown_number_withheld_or_ambiguous_stays_empty_and_the_call_stays(run, shown):
    row = read_one(run, presentation_number=shown)
    assert (row["presentation_number"], row["organisation"], row["rejected"]) == (None, None, None)
