"""Pools of made-up numbers whose reading is known by construction.

A pool is a prefix, with the region and kind of every number in it by the world's number plans, and with the readings
of its bare form (national, without trunk prefix). So the generator knows which texts stay ambiguous without ever
reading one. The tests check these claims.

Numbers drawn here may be somebody's, so mask them wherever people see them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# How bare digits can be read. 0 means that they were not bare.
NOT_BARE: Final = 0
BARE_INTERNATIONAL: Final = 1
BARE_GB: Final = 2
BARE_US: Final = 3
HOW_NAMES: Final = ("", "bare-international", "bare-national:GB", "bare-national:US")


@dataclass(frozen=True, slots=True)
class Pool:
    """Numbers `+country_code prefix...` that all read alike.

    Attributes:
        group: Which callers draw from it.
        country_code: Digits after the plus.
        prefix: First digits of the national number; empty for pools that are lists.
        length: Digits of the national number.
        region: ISO 3166 region of every number in it.
        kind: Kind of every number in it.
        weight: Share within the group.
        bare: "sure" when the bare national form has one reading, "two" when it has two, "never" when the
            generator must not use that form (more readings, or none).
        other_how: How the second reading is made (a code above), when `bare` is "two".
        other_region: Region of the second reading.
        other_kind: Kind of the second reading.
    """

    group: str
    country_code: int
    prefix: str
    length: int
    region: str
    kind: str
    weight: float = 1.0
    bare: str = "never"
    other_how: int = NOT_BARE
    other_region: str = ""
    other_kind: str = ""

    @property
    def base(self) -> int:
        """The lowest number of the pool, as digits with country code."""
        return int(f"{self.country_code}{self.prefix}".ljust(len(str(self.country_code)) + self.length, "0"))

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return int(10 ** (self.length - len(self.prefix)))


# Readings of the bare national form: bare, other_how, other_region, other_kind.
_Bare = tuple[str, int, str, str]
_NEVER: _Bare = ("never", NOT_BARE, "", "")
_SURE: _Bare = ("sure", NOT_BARE, "", "")
_AS_US: _Bare = ("two", BARE_US, "US", "mobile_or_landline")


def _as_gb(kind: str) -> _Bare:
    return ("two", BARE_GB, "GB", kind)


def _as_abroad(region: str, kind: str) -> _Bare:
    return ("two", BARE_INTERNATIONAL, region, kind)


def _pools(
    group: str,
    code: int,
    prefixes: str,
    length: int,
    region_kind: str,
    *,
    weight: float = 1.0,
    bare: _Bare = _NEVER,
) -> list[Pool]:
    region, kind = region_kind.split()
    return [Pool(group, code, prefix, length, region, kind, weight, *bare) for prefix in prefixes.split()]


# A fourth digit of 0 or 1 cannot follow a North American area code, so these mobiles stay sure
# without their zero.
_GB_MOBILE_SURE = (
    "7400 7401 7410 7411 7500 7501 7510 7511 7701 7710 7711 7800 7801 7810 7811 7900 7901 7910"
    " 7930 7931 7940 7971 7980 7981"
)
_GB_LANDLINE_SURE = "1142 1179 1189 1212 1132 1314 1412 1515 1613 1752 1223 1273"
_US_SURE = "2122 2123 2132 3102 4152 6172 2142 4042 6022 2062 3122 2022 5122 4082 5032"

POOLS: Final[tuple[Pool, ...]] = (
    *_pools("gb_mobile", 44, _GB_MOBILE_SURE, 10, "GB mobile", bare=_SURE),
    *_pools("gb_mobile", 44, "7402 7403 7405 7702 7703 7704 7708 7852 7853", 10, "GB mobile", bare=_AS_US),
    *_pools("gb_other", 44, _GB_LANDLINE_SURE, 10, "GB landline", bare=_SURE),
    *_pools("gb_other", 44, "2073 2089", 10, "GB landline", weight=3.0, bare=_AS_US),
    *_pools("gb_other", 44, "7001 7010", 10, "GB personal", weight=0.3, bare=_SURE),
    *_pools("gb_other", 44, "9011 9091", 10, "GB premium", weight=0.2, bare=_SURE),
    *_pools("gb_other", 44, "7602", 10, "GB pager", weight=0.1, bare=_AS_US),
    *_pools("us", 1, _US_SURE, 10, "US mobile_or_landline", bare=_SURE),
    *_pools("us", 1, "3042 3302 3052", 10, "US mobile_or_landline", weight=0.4, bare=_as_gb("uan")),
    *_pools("us", 1, "2072", 10, "US mobile_or_landline", weight=0.4, bare=_as_gb("landline")),
    *_pools("us", 1, "7022", 10, "US mobile_or_landline", weight=0.4, bare=_as_gb("personal")),
    *_pools("us", 1, "7182 7732 7402 7702 7852", 10, "US mobile_or_landline", weight=0.4, bare=_as_gb("mobile")),
    *_pools("us", 1, "3212", 10, "US mobile_or_landline", weight=0.3, bare=_as_abroad("BE", "landline")),
    *_pools("us", 1, "4752", 10, "US mobile_or_landline", weight=0.3, bare=_as_abroad("NO", "landline")),
    *_pools("us", 1, "4792", 10, "US mobile_or_landline", weight=0.3, bare=_as_abroad("NO", "mobile")),
    *_pools("abroad", 1, "4162 4032 6472", 10, "CA mobile_or_landline", weight=6.0),
    *_pools("abroad", 33, "61 62 67", 9, "FR mobile", weight=3.0),
    *_pools("abroad", 33, "142", 9, "FR landline", weight=1.0),
    *_pools("abroad", 49, "1511 1512 1520", 11, "DE mobile", weight=3.0),
    *_pools("abroad", 49, "30 89", 10, "DE landline", weight=1.0),
    *_pools("abroad", 34, "61 65 66", 9, "ES mobile", weight=2.5),
    *_pools("abroad", 34, "91", 9, "ES landline", weight=1.0),
    *_pools("abroad", 353, "85 86 87", 9, "IE mobile", weight=3.0),
    *_pools("abroad", 39, "320 347", 10, "IT mobile", weight=3.0),
    *_pools("abroad", 61, "40 41 42", 9, "AU mobile", weight=3.0),
    *_pools("abroad", 91, "99", 10, "IN mobile", weight=3.0),
    *_pools("abroad", 44, "7797", 10, "JE mobile", weight=0.8),
    *_pools("abroad", 44, "7781", 10, "GG mobile", weight=0.8),
    *_pools("abroad", 44, "76242", 10, "IM mobile", weight=0.5),
    # Numbers of organisations.csv: a list, not a prefix. Only its UK numbers are ever used.
    Pool("organisation", 44, "", 10, "GB", "unknown"),
)
ORGANISATION_POOL: Final = len(POOLS) - 1

COUNTRY_CODE: Final[Ints] = np.array([pool.country_code for pool in POOLS], dtype=np.int64)
# A number modulo this is the number without its country code.
NATIONAL_UNIT: Final[Ints] = np.array([10**pool.length for pool in POOLS], dtype=np.int64)
MAY_BE_BARE: Final = np.array([pool.bare != "never" for pool in POOLS])
IS_TWO: Final = np.array([pool.bare == "two" for pool in POOLS])
OTHER_HOW: Final = np.array([pool.other_how for pool in POOLS], dtype=np.uint8)
OWN_HOW: Final = np.array(
    [{44: BARE_GB, 1: BARE_US}.get(pool.country_code, NOT_BARE) for pool in POOLS], dtype=np.uint8
)
AMBIGUOUS_REGION: Final = "ambiguous"
UNREADABLE_REGION: Final = "unreadable"
REGIONS: Final[tuple[str, ...]] = (
    *sorted({pool.region for pool in POOLS} | {pool.other_region for pool in POOLS if pool.other_region}),
    AMBIGUOUS_REGION,
    UNREADABLE_REGION,
)
GB: Final = REGIONS.index("GB")
AMBIGUOUS: Final = REGIONS.index(AMBIGUOUS_REGION)
UNREADABLE: Final = REGIONS.index(UNREADABLE_REGION)
REGION: Final = np.array([REGIONS.index(pool.region) for pool in POOLS], dtype=np.uint8)
OTHER_REGION: Final = np.array([REGIONS.index(pool.other_region or AMBIGUOUS_REGION) for pool in POOLS], dtype=np.uint8)
IS_MOBILE: Final = np.array([pool.kind == "mobile" for pool in POOLS])
OTHER_IS_MOBILE: Final = np.array([pool.other_kind == "mobile" for pool in POOLS])


def other_reading(numbers: Ints, pools: NDArray[np.int16]) -> Ints:
    """The second reading of each number's bare national form; 0 where there is only one reading.

    Args:
        numbers: Digits with country code.
        pools: Pool of each.

    >>> pool = next(i for i, p in enumerate(POOLS) if p.prefix == "3042")
    >>> str(other_reading(np.array([POOLS[pool].base]), np.array([pool], dtype=np.int16))[0])[:6]
    '443042'
    """
    national = numbers % NATIONAL_UNIT[pools]
    lead = np.array([0, 0, 44, 1], dtype=np.int64)[OTHER_HOW[pools]] * 10**10
    return np.where(IS_TWO[pools], lead + national, 0)


def draw_numbers(rng: np.random.Generator, group: str, *, count: int, taken: Ints) -> tuple[Ints, NDArray[np.int16]]:
    """Draw distinct numbers of a group, none of them in `taken`, in random order.

    Args:
        rng: Source of chance.
        group: A group of `POOLS`.
        count: How many.
        taken: Numbers that must not be drawn, digits with country code.

    Returns:
        The numbers, and the pool of each.
    """
    members = np.array([index for index, pool in enumerate(POOLS) if pool.group == group], dtype=np.int16)
    weights = np.array([POOLS[index].weight for index in members])
    bases = np.array([POOLS[index].base for index in members], dtype=np.int64)
    sizes = np.array([POOLS[index].size for index in members], dtype=np.int64)
    numbers = np.empty(0, dtype=np.int64)
    while len(numbers) < count:
        size = int((count - len(numbers)) * 1.1) + 16
        which = rng.choice(len(members), size=size, p=weights / weights.sum())
        drawn = bases[which] + (rng.random(len(which)) * sizes[which]).astype(np.int64)
        numbers = np.unique(np.concatenate([numbers, drawn]))
        numbers = numbers[~np.isin(numbers, taken)]
    numbers = rng.permutation(numbers)[:count]
    order = np.argsort(bases)
    # Pools of one group never overlap, so the highest base that is not above a number is that of its pool.
    pools = members[order][np.searchsorted(bases[order], numbers, side="right") - 1]
    return numbers, pools
