"""Days and times in words: in English as the campaign page has them, and in no language without a catalogue."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model.windows import Window, in_words
from ringback.web.kernel.language import PSEUDO
from ringback.web.kernel.times import day_in_words, time_in_words, window_in_words
from web.kernel.page_words import plain_words
from web.kernel.small_app import make_small_app

TIMES = st.integers(1_600_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds // 60 * 60, UTC))


@pytest.fixture(scope="module")
def english():
    app = make_small_app()
    with app.app_context():
        yield


@given(TIMES, st.timedeltas(timedelta(minutes=1), timedelta(days=2)))
def test_a_window_is_told_as_on_the_campaign_page(english, begin, length):
    end = (begin + length).replace(second=0, microsecond=0)
    assert window_in_words(begin, end) == in_words(Window(begin, end), "Europe/London")


def test_a_day_and_a_time(english):
    assert day_in_words(date(2022, 11, 24)) == "Thursday 24 November 2022"
    assert time_in_words(datetime(2022, 7, 1, 8, tzinfo=UTC)) == "09:00 on Friday 1 July 2022"


def test_their_words_are_in_the_catalogue():
    with make_small_app(language=PSEUDO).app_context():
        told = " ".join(day_in_words(date(2022, month, month)) for month in range(1, 13))
        told += window_in_words(datetime(2022, 7, 1, 8, tzinfo=UTC), datetime(2022, 7, 2, 18, tzinfo=UTC))
    assert set(plain_words(told)) == {"BST"}
