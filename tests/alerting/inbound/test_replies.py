"""Texts that come in, from the provider's fields to what staff see."""

import pytest

from alert_rows import NOON, make_case_file, rows_of
from ringback.alerting.inbound.replies import open_reply, read_reply, show_replies, take_reply
from ringback.errors import RingbackError
from ringback.records.alert_tables import replies, suppressions

FIELDS = {
    "id": "5e3a9b7c-0000-4000-8000-000000000001",
    "source_number": "447700900123",
    "destination_number": "447700900999",
    "message": "STOP",
    "date_received": "2022-11-24T11:59:58.000000Z",
}


@pytest.fixture
def case_file(tmp_path):
    return make_case_file(tmp_path)


def take(case_file, **changed):
    return take_reply(case_file, read_reply({**FIELDS, **changed}), now=NOON)


@pytest.mark.parametrize("number", ["447700900123", "07700900123", "+447700900123", "+44 7700 900123"])
def test_any_spelling_of_a_number_is_the_same_number(case_file, number):
    take(case_file, source_number=number)
    (suppression,) = rows_of(case_file, suppressions)
    assert suppression.number_digest == case_file.key().digest("+447700900123")


def test_a_landline_can_ask_too(case_file):
    take(case_file, source_number="441632960123")
    (suppression,) = rows_of(case_file, suppressions)
    assert suppression.number_digest == case_file.key().digest("+441632960123")


@pytest.mark.parametrize("sender", ["ExampleBank", "85075", "", "\x00", "x" * 5000, "\ud800"])
def test_a_sender_that_is_no_number_is_taken_all_the_same(case_file, sender):
    assert take(case_file, source_number=sender)
    assert rows_of(case_file, suppressions) == []


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "🔔" * 1000, "STOP\x00"])
def test_odd_texts_are_taken_whole(case_file, text):
    assert take(case_file, message=text)
    assert open_reply(case_file, 1, member="ann", why="to answer").text == text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": None}, "id"),
        ({"id": 7}, "id"),
        ({"id": ""}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"source_number": None}, "source_number"),
        ({"source_number": 447700900123}, "source_number"),
        ({"message": None}, "message"),
        ({"message": ["STOP"]}, "message"),
    ],
)
def test_an_unusable_callback_names_the_field_but_not_its_content(changed, field):
    with pytest.raises(RingbackError) as caught:
        read_reply({**FIELDS, **changed})
    assert caught.value.code == "callback_bad"
    assert caught.value.facts["field"] == field
    assert "7700" not in str(caught.value)


@pytest.mark.parametrize("when", [None, "yesterday", 5, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59"])
def test_an_unreadable_time_is_ignored(case_file, when):
    assert take(case_file, date_received=when)
    assert rows_of(case_file, replies)[0].sent_at is None


def test_lists_show_masked_numbers_and_no_texts(case_file):
    take(case_file, message="My code is 482913")
    take(case_file, id="r-2", message="CHECK")
    shown = show_replies(case_file)
    assert [(one.kind, one.number) for one in shown] == [("other", "+••••••••••23"), ("check", "+••••••••••23")]
    assert "482913" not in repr(shown)
    assert [one.id for one in show_replies(case_file, kind="check")] == [2]


def test_opening_a_reply_is_logged(case_file):
    take(case_file, message="I was called")
    shown = open_reply(case_file, 1, member="ann", why="to answer")
    assert (shown.number, shown.text) == ("+447700900123", "I was called")
    entry = case_file.log.entries()[-1]
    assert (entry.what, entry.who, entry.why) == ("reply_shown", "ann", "to answer")
    assert "7700" not in entry.facts
