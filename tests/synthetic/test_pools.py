"""The claims of the pools about their numbers, checked against the world's number plans."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number
from ringback.synthetic.pools import (
    HOW_NAMES,
    IS_TWO,
    MAY_BE_BARE,
    ORGANISATION_POOL,
    OTHER_HOW,
    OWN_HOW,
    POOLS,
    draw_numbers,
    other_reading,
)
from ringback.synthetic.population import IMITATED, read_organisations
from ringback.synthetic.typing_styles import (
    HABITS,
    Dress,
    Shape,
    fit_dresses,
    fit_shapes,
    habit_shapes,
    write_number,
    write_numbers,
)

PLAN = DialPlan()
PREFIXED = (Shape.PLUS, Shape.ZEROS, Shape.TRUNK, Shape.IDD_011, Shape.BRACKET)


def sample(pool, count, seed=7):
    claim = POOLS[pool]
    return claim.base + np.random.default_rng(seed).integers(0, claim.size, size=count)


def fitted(pool):
    """Every shape and dressing that fits a pool."""
    for shape in Shape:
        if shape >= Shape.EATEN:
            continue
        if fit_shapes(np.array([shape], np.uint8), np.array([pool], np.int16))[0] != shape:
            continue
        for dress in Dress:
            if fit_dresses(np.array([dress], np.uint8), np.array([shape], np.uint8))[0] == dress:
                yield shape, dress


@pytest.mark.parametrize("pool", range(ORGANISATION_POOL), ids=lambda at: f"{POOLS[at].region}-{POOLS[at].prefix}")
def test_numbers_are_what_their_pool_claims_in_every_plain_shape(pool):
    claim = POOLS[pool]
    numbers = sample(pool, 120)
    for shape, dress in fitted(pool):
        if dress != Dress.PLAIN:
            continue
        for number in numbers.tolist():
            check(claim, pool, number, shape, dress)


@pytest.mark.parametrize(
    "pool", range(0, ORGANISATION_POOL, 3), ids=lambda at: f"{POOLS[at].region}-{POOLS[at].prefix}"
)
def test_dressing_changes_nothing(pool):
    for shape, dress in fitted(pool):
        for number in sample(pool, 8, seed=11).tolist():
            check(POOLS[pool], pool, number, shape, dress)


def check(claim, pool, number, shape, dress):
    reading = read_number(write_number(number, pool=pool, shape=shape, dress=dress), PLAN)
    own = (f"+{number}", claim.region, claim.kind)
    found = {option.how: (option.e164, option.region, option.kind) for option in reading.options}
    if shape in PREFIXED:
        assert list(found.values()) == [own]
        assert not next(iter(found)).startswith("bare")
    elif shape == Shape.BARE:
        assert found == {"bare-international": own}
    else:
        expected = {HOW_NAMES[OWN_HOW[pool]]: own}
        if IS_TWO[pool]:
            other = int(other_reading(np.array([number]), np.array([pool], np.int16))[0])
            expected[HOW_NAMES[OTHER_HOW[pool]]] = (f"+{other}", claim.other_region, claim.other_kind)
        assert found == expected


def test_shapes_without_a_number_cannot_be_read():
    for shape in (Shape.EATEN, Shape.NULL, Shape.WITHHELD, Shape.EMPTY):
        for number in sample(0, 30).tolist():
            assert read_number(write_number(number, pool=0, shape=shape), PLAN).e164 is None


def test_the_shapes_without_a_number_are_a_null_a_rounding_and_words():
    number = 447700900123
    assert write_number(number, pool=0, shape=Shape.NULL) is None
    assert write_number(number, pool=0, shape=Shape.EMPTY) == ""
    assert write_number(number, pool=0, shape=Shape.EATEN) == "4.47701E+11"
    assert write_number(number, pool=0, shape=Shape.WITHHELD).lower() in ("anonymous", "restricted")


def test_every_raw_form_of_the_list_is_written():
    number = 447700900123
    forms = {write_number(number, pool=0, shape=shape, dress=dress) for shape, dress in fitted(0)}
    assert {
        "+447700900123",
        "07700900123",
        "00447700900123",
        "447700900123",
        "7700900123",
        "7700900123.0",
        "447700900123.0",
        "01144 7700 900 123",
        "+44 (0)7700 900123",
        "+44\u00a07700\u00a0900\u00a0123",
        "+44\u200b7700\u200b900\u200b123",
        "０７７００９００１２３",
        "sip:+447700900123@pbx.example;user=phone",
        "tel:+447700900123",
        "+447700900123 ext 12",
        '"A Customer" <+447700900123>',
        "*67+447700900123",
        "#31#07700900123",
        "07700-900-123",
        "07700.900.123",
    } <= forms


def test_writing_in_bulk_is_writing_one_by_one():
    rng = np.random.default_rng(3)
    pools = rng.integers(0, ORGANISATION_POOL, size=3_000).astype(np.int16)
    numbers = np.array([POOLS[pool].base + 12_345 for pool in pools.tolist()])
    shapes = fit_shapes(rng.integers(0, len(Shape), size=3_000).astype(np.uint8), pools)
    dresses = fit_dresses(rng.integers(0, len(Dress), size=3_000).astype(np.uint8), shapes)
    written = write_numbers(numbers, pools=pools, shapes=shapes, dresses=dresses)
    for at, text in enumerate(written):
        number, pool = int(numbers[at]), int(pools[at])
        assert text == write_number(number, pool=pool, shape=int(shapes[at]), dress=int(dresses[at]))


def test_habits_never_use_a_bare_form_that_the_pool_forbids():
    for habit in range(len(HABITS)):
        pools = np.arange(len(POOLS), dtype=np.int16)
        shapes = habit_shapes(np.full(len(POOLS), habit, np.uint8), pools)
        assert not ((shapes == Shape.NATIONAL) & ~MAY_BE_BARE).any()


def test_drawn_numbers_are_distinct_and_spare_what_is_taken():
    rng = np.random.default_rng(1)
    first, pools = draw_numbers(rng, "gb_mobile", count=5_000, taken=np.empty(0, np.int64))
    again, _ = draw_numbers(np.random.default_rng(1), "gb_mobile", count=5_000, taken=first[:4_000])
    assert len(np.unique(first)) == 5_000
    assert not np.isin(again, first[:4_000]).any()
    for number, pool in zip(first.tolist(), pools.tolist(), strict=True):
        assert POOLS[pool].base <= number < POOLS[pool].base + POOLS[pool].size


def test_no_drama_numbers_are_drawn():
    drama = ("44770090", "4420794", "44121496", "441632")
    assert not [pool for pool in POOLS[:-1] if str(pool.base).startswith(drama)]
    assert not [pool for pool in POOLS if pool.country_code == 1 and pool.prefix[3:].startswith("5")]


def test_shown_organisations_are_the_ten_and_each_number_belongs_to_one():
    organisations = read_organisations()
    text = (files("ringback.data") / "organisations.csv").read_text("utf-8-sig")
    owners = {}
    for row in csv.DictReader(text.splitlines()):
        owners.setdefault(row["e164"], set()).add(row["organisation"])
    share = dict.fromkeys(organisations.names, 0.0)
    for digits, owner, weight in zip(
        organisations.digits.tolist(), organisations.owners.tolist(), organisations.weights, strict=True
    ):
        assert owners[f"+{digits}"] == {organisations.names[owner]}
        share[organisations.names[owner]] += weight
        for shape in (Shape.PLUS, Shape.ZEROS, Shape.TRUNK, Shape.BARE):
            for dress in (Dress.PLAIN, Dress.SPACED):
                text = write_number(digits, pool=ORGANISATION_POOL, shape=shape, dress=dress)
                reading = read_number(text, PLAN)
                assert [option.e164 for option in reading.options] == [f"+{digits}"]
                assert reading.region == "GB"
    assert sum(share[name] for name in IMITATED) == pytest.approx(0.9)
