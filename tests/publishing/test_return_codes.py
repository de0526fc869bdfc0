"""Return codes: as many as nobody can guess, and every slip of the pen is found."""

import math

import pytest

from ringback.alerting.model.references import ALPHABET
from ringback.publishing.inbox.return_codes import LENGTH, RANDOM_LETTERS, derive, new_code, read, show

SECRET = bytes(32)


def test_there_are_more_than_two_to_the_power_of_eighty():
    assert RANDOM_LETTERS * math.log2(len(ALPHABET)) > 80
    codes = {new_code() for _one in range(2000)}
    assert len(codes) == 2000
    for place in range(RANDOM_LETTERS):
        assert {code[place] for code in codes} == set(ALPHABET)


def test_guessing_one_of_all_drafts_takes_longer_than_anybody_has():
    # Online: the most drafts there can be, and a thousand sources with six guesses a minute each.
    a_second = 1000 * 6 / 60
    years = len(ALPHABET) ** RANDOM_LETTERS / 20_000 / a_second / 3600 / 24 / 365
    assert years > 10**9


def test_any_single_wrong_letter_and_any_swap_of_neighbours_is_found():
    code = new_code()
    for place, letter in enumerate(code):
        for other in ALPHABET:
            if other != letter:
                assert read(code[:place] + other + code[place + 1 :]) is None
        if place and code[place - 1] != letter:
            assert read(code[: place - 1] + letter + code[place - 1] + code[place + 1 :]) is None


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code}\n"])
def test_capitals_dashes_and_blanks_do_not_matter(change):
    code = new_code()
    assert read(change(show(code))) == code
    assert len(show(code)) == LENGTH + 4


@pytest.mark.parametrize("typed", ["", "x", "A" * 20, "B" * 5000, "\0" * 20, "ЖЖЖЖ" * 5])
def test_what_is_no_code_is_none(typed):
    assert read(typed) is None


def test_another_code_or_another_inbox_gives_other_keys():
    one, other = new_code(), new_code()
    first = derive(one, secret=SECRET)
    assert derive(one, secret=SECRET) == first
    for strange in (derive(other, secret=SECRET), derive(one, secret=b"\1" * 32)):
        assert not {strange.id, strange.key, strange.seed} & {first.id, first.key, first.seed}
    assert len(first.key) == 32
    assert first.id.encode() not in first.key
