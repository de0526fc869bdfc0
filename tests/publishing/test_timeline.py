"""The time line that staff write: what may be published of it, and what is told of what may not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.numbers.masking import NUMBER
from ringback.publishing.timeline import LONGEST_TEXT, MOST_ENTRIES, Entry, read_timeline

TODAY = date(2022, 12, 1)


def entry(text="The site was seized.", day="2022-11-08", **more):
    lines = [f"{name} = {value!r}" for name, value in more.items()]
    return "\n".join(["[[entry]]", f"date = {day}", f"text = {text!r}", *lines, ""])


def read(*entries):
    return read_timeline("\n".join(entries).encode(), today=TODAY)


def fault(*entries):
    with pytest.raises(ValueError) as error:
        read(*entries)
    return str(error.value)


def test_entries_come_in_the_order_of_their_days_and_those_of_one_day_as_written():
    found = read(
        entry("b", "2022-11-08"), entry("a", '"2020-12-01"', source="Example Police"), entry("c", "2022-11-08")
    )
    assert found == [Entry("2020-12-01", "a", "Example Police"), Entry("2022-11-08", "b"), Entry("2022-11-08", "c")]


def test_no_file_and_an_empty_one_are_an_empty_time_line():
    assert read_timeline(b"", today=TODAY) == read_timeline(b"# nothing yet\n", today=TODAY) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See example.com for more", "link"),
        ("See https://met.example/x", "link"),
        ("Write to help@example.org", "link"),
        ("Look at example dot com", "link"),
        ("Ring 07700 900123", "phone number"),
        ("Ring 020 7946 0123 now", "phone number"),
        ("Ring 0\u200b7700 900\u200b123", "cannot|nobody can see"),
        ("Ring ٠٧٧٠٠ ٩٠٠١٢٣", "phone number"),
        ("a\nb", "line break"),
        ("\u202egnirts", "nobody can see"),
        ("", "has to be a text"),
        ("   ", "has to be a text"),
        ("x" * (LONGEST_TEXT + 1), "characters"),
    ],
)
def test_a_text_that_may_not_be_published_is_refused_with_its_entry_and_field(text, told):
    written = "[[entry]]\ndate = 2022-11-08\ntext = " + '"' + text.replace("\n", "\\n") + '"'
    found = fault(entry(), written)
    assert "entry 2: text: " in found
    assert any(one in found for one in told.split("|"))
    assert not NUMBER.search(found)


@pytest.mark.parametrize("day", ["2023-01-01", '"8 November 2022"', "2022-11-08T10:00:00", "20221108", '"20221108"'])
def test_a_day_that_is_none_or_has_not_come_is_refused(day):
    assert "entry 1: date: " in fault(entry(day=day))


def test_helplines_money_and_years_are_no_numbers_of_people():
    text = "Victims lost £3,200,000 in 2021-2022. Report Fraud is on 0300 123 2040, Police Scotland on 101."
    assert read(entry(text))[0].text == text


def test_html_stays_text():
    assert read(entry("<script>x()</script> & <b>bold</b>"))[0].text == "<script>x()</script> & <b>bold</b>"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x00", "no TOML"),
        (b"[[entry]]\ndate = 2022-11-08\ntext = \"a\x00b\"", "no TOML"),
        (b"\xff\xfe", "no TOML"),
        (b"entry = 5", "sections"),
        (b"[entry]\ntext = 'x'", "sections"),
        (b"entry = [1, 2]", "sections"),
        (b"title = 'x'", "sections"),
        (b"x = 07700900123", "no TOML"),
        (b"[" * 100_000, "no TOML"),
        (b"#" * 300_000, "larger"),
        (b"[[entry]]\n07700900123 = 1\n", "no such field"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_time_line_is_told_so(content, told):
    with pytest.raises(ValueError) as error:
        read_timeline(content, today=TODAY)
    assert told in str(error.value)
    assert not NUMBER.search(str(error.value))


def test_ten_thousand_entries_are_refused_and_so_are_more_than_anybody_reads():
    assert "larger" in fault(*[entry()] * 10_000)
    assert f"more than {MOST_ENTRIES}" in fault(*["[[entry]]"] * 10_000)
    assert len(read(*[entry()] * MOST_ENTRIES)) == MOST_ENTRIES


def test_every_fault_is_told_up_to_a_dozen():
    found = fault(*[entry("see example.com", "2024-01-01")] * 30)
    assert found.count("entry ") == 12
    assert found.endswith("and 48 more")


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_refused_without_a_number(text):
    try:
        found = read_timeline(text.encode("utf-8", "replace"), today=TODAY)
    except ValueError as error:
        found = str(error)
    assert found == [] or not NUMBER.search(found)
