"""References: drawing them, reading them, and finding typing mistakes."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model import references
from ringback.alerting.model.references import ALPHABET, LENGTH, POSSIBLE, SAMPLE, new_reference, read, show
from ringback.keys import CaseKey, KeyRing

a_reference = st.binary(min_size=6, max_size=6).map(lambda seed: new_reference(_then_random(seed)))


def _then_random(seed):
    """A source of bytes that gives `seed` first, so that Hypothesis chooses the reference and no draw runs forever."""
    given_out = iter([seed])
    return lambda count: next(given_out, bytes(count))


def test_more_than_forty_random_bits_and_no_confusable_letter():
    assert POSSIBLE > 2**40
    assert len(set(ALPHABET)) == len(ALPHABET) == 19
    assert not set(ALPHABET) & set("AEIOUYL0123456789")


def test_references_are_drawn_from_the_whole_alphabet_and_differ():
    drawn = [new_reference() for _ in range(2000)]
    assert len(set(drawn)) == 2000
    for place in range(LENGTH):
        assert {one[place] for one in drawn} == set(ALPHABET)


def test_every_reference_is_as_likely_as_any_other():
    # The largest number that is a reference; and a number that is none, followed by the next draw.
    draws = iter(
        [(2**48 - 1).to_bytes(6, "big"), (POSSIBLE << 5).to_bytes(6, "big"), ((POSSIBLE - 1) << 5).to_bytes(6)]
    )
    assert new_reference(lambda _count: next(draws)) == "Z" * 10 + references._with_check("Z" * 10)[-1]
    assert next(draws, None) is None


def test_the_sample_is_well_formed_and_never_drawn():
    assert read(SAMPLE) == SAMPLE
    number = sum(ALPHABET.index(letter) * 19**place for place, letter in enumerate(SAMPLE[:10]))
    draws = iter([(number << 5).to_bytes(6, "big"), bytes(6)])
    assert new_reference(lambda _count: next(draws)) == "B" * 11


@given(a_reference)
def test_a_printed_reference_is_read_however_it_is_typed(reference):
    shown = show(reference)
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{3}", shown)
    spellings = [reference, shown, shown.lower(), f"  {shown.replace('-', ' ')}. ", shown.replace("-", "\u2013")]
    spellings.append(reference.translate(str.maketrans("VZSGB", "U2568")))
    spellings.append(" ".join(reference.lower()))
    assert {read(one) for one in spellings} == {reference}


@given(a_reference)
def test_every_single_substitution_is_found(reference):
    for place, letter in itertools.product(range(LENGTH), ALPHABET):
        if letter != reference[place]:
            assert read(reference[:place] + letter + reference[place + 1 :]) is None


@given(a_reference)
def test_every_swap_of_two_letters_is_found(reference):
    for first, second in itertools.combinations(range(LENGTH), 2):
        if reference[first] != reference[second]:
            letters = list(reference)
            letters[first], letters[second] = letters[second], letters[first]
            assert read("".join(letters)) is None


def test_the_check_finds_all_substitutions_and_exchanges_whatever_the_reference():
    # A change at one place moves the sum by weight x difference, an exchange by (difference of weights) x difference.
    # Neither product is 0 modulo 19 for any difference from 1 to 18, so this is a proof, not a sample.
    weights = [LENGTH - place for place in range(LENGTH)]
    differences = range(1, 19)
    assert all(weight * step % 19 for weight in weights for step in differences)
    assert all((one - two) * step % 19 for one, two in itertools.combinations(weights, 2) for step in differences)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "BCDF-GHJK-MN",
        "BCDF-GHJK-MNZZ",
        "BCDF-GHJK-MNB",
        "OCDF-GHJK-MNZ",
        "07700 900123",
        "\u0411" * 11,
        "B" * 5000,
    ],
)
def test_a_text_that_is_no_reference_is_not_read(text):
    assert read(text) is None


@given(st.text(max_size=60))
def test_reading_gives_a_reference_or_none(text):
    found = read(text)
    assert found is None or (len(found) == LENGTH and set(found) <= set(ALPHABET) and read(show(found)) == found)


def test_a_check_digest_is_made_with_the_newest_key_and_looked_up_under_all():
    old, new = CaseKey("k1", b"1" * 32), CaseKey("k2", b"2" * 32)
    ring = KeyRing((old, new))
    made = references.check_digest(ring, SAMPLE, "0123")
    assert made == references.check_digest(new, SAMPLE, "0123") == new.keyed("check", f"{SAMPLE}|0123")
    assert references.check_digests(ring, SAMPLE, "0123") == [made, references.check_digest(old, SAMPLE, "0123")]
    assert references.check_digest(new, SAMPLE, "0124") != made
    assert SAMPLE not in made
