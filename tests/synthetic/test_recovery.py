"""Disambiguation by dialling habits, on a handful of calls."""

import numpy as np

from ringback.synthetic.calls import make_calls
from ringback.synthetic.mess import CAUSE
from ringback.synthetic.pools import AMBIGUOUS, GB, POOLS, REGIONS
from ringback.synthetic.population import make_population
from ringback.synthetic.recovery import recover
from ringback.synthetic.scale import quotas_for
from ringback.synthetic.typing_styles import Shape

US_SURE, US_TWO, UK_SURE, UK_TWO = (
    next(at for at, pool in enumerate(POOLS) if (pool.country_code, pool.prefix) == wanted)
    for wanted in ((1, "2122"), (1, "7402"), (44, "7400"), (44, "7402"))
)


def run(dialled, lost=()):
    """Recover calls of one account, each (pool, serial, shape); rows at `lost` name no account."""
    rng = np.random.default_rng(1)
    quotas = quotas_for(1_000)
    calls = make_calls(rng, quotas, make_population(rng, quotas))
    calls.sort(np.arange(len(dialled)) + 10)
    pools = np.array([pool for pool, _, _ in dialled], dtype=np.int16)
    calls.account[:] = 0
    calls.cause[:] = 0
    calls.called_pool = pools
    calls.called = np.array([POOLS[pool].base + serial for pool, serial, _ in dialled])
    calls.called_shape = np.array([shape for _, _, shape in dialled], dtype=np.uint8)
    calls.account_lost = np.isin(np.arange(len(dialled)), lost)
    return calls, recover(calls, 1)


def us(count):
    return [(US_SURE, serial, Shape.NATIONAL) for serial in range(count)]


def test_five_numbers_dialled_alike_disambiguate_another():
    _, found = run([*us(5), (US_TWO, 77, Shape.NATIONAL)])
    assert found.settled.tolist() == [False] * 5 + [True]
    assert int(found.called[5]) == POOLS[US_TWO].base + 77
    assert not found.ambiguous.any()


def test_four_numbers_disambiguate_nothing():
    calls, found = run([*us(4), (US_TWO, 77, Shape.NATIONAL)])
    assert found.ambiguous.tolist() == [False] * 4 + [True]
    assert int(found.called[4]) == 0
    assert int(found.region[4]) == AMBIGUOUS
    assert int(calls.cause[4]) == CAUSE["ambiguous"]


def test_the_same_number_again_is_no_further_evidence():
    _, found = run([*us(4), *us(4), (US_TWO, 77, Shape.NATIONAL)])
    assert bool(found.ambiguous[-1])


def test_one_number_dialled_differently_leaves_all_ambiguous():
    for other in ((UK_SURE, 1, Shape.NATIONAL), (UK_SURE, 1, Shape.BARE)):
        _, found = run([*us(9), other, (US_TWO, 77, Shape.NATIONAL)])
        assert bool(found.ambiguous[-1])


def test_prefixed_and_ambiguous_numbers_are_no_evidence():
    _, found = run([*us(5), (UK_SURE, 1, Shape.PLUS), (UK_TWO, 9, Shape.TRUNK), (US_TWO, 77, Shape.NATIONAL)])
    assert bool(found.settled[-1])
    _, found = run([(US_TWO, serial, Shape.NATIONAL) for serial in range(9)])
    assert found.ambiguous.all()


def test_a_habit_can_decide_wrongly():
    calls, found = run([*us(5), (UK_TWO, 345_678, Shape.NATIONAL)])
    assert int(found.called[5]) == POOLS[US_TWO].base + 345_678
    assert REGIONS[int(found.region[5])] == "US"
    assert not found.mobile[5]
    assert int(calls.cause[5]) == CAUSE["settled_the_wrong_way"]
    calls, found = run([*((UK_SURE, serial, Shape.NATIONAL) for serial in range(5)), (US_TWO, 9, Shape.NATIONAL)])
    assert int(found.called[5]) == POOLS[UK_TWO].base + 9
    assert int(found.region[5]) == GB
    assert found.mobile[5]


def test_a_habit_that_fits_no_reading_decides_nothing():
    _, found = run([*((UK_SURE, at, Shape.BARE) for at in range(6)), (UK_TWO, 9, Shape.NATIONAL)])
    assert bool(found.ambiguous[-1])


def test_rows_without_an_account_neither_give_nor_get_disambiguation():
    _, found = run([*us(5), (US_TWO, 77, Shape.NATIONAL)], lost=(0, 5))
    assert bool(found.ambiguous[5])
    _, found = run([*us(5), (US_TWO, 77, Shape.NATIONAL)], lost=(5,))
    assert bool(found.ambiguous[5])
