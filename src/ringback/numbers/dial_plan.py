"""The dial plan: how a case reads digits that do not say which country they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_NORTH_AMERICA = "1"


@dataclass(frozen=True, slots=True)
class HomeNetwork:
    """A home region as its telephone network sees it.

    Attributes:
        region: ISO 3166 region, such as GB.
        calling_code: Country calling code, digits only; several regions may share one.
        trunk: Digits dialled before a national number, '' where the region has none.
    """

    region: str
    calling_code: str
    trunk: str


@dataclass(frozen=True, slots=True)
class DialPlan:
    """Bare digits are read for the home regions, in order of preference.

    Args:
        home_regions: ISO 3166 regions whose national numbers may stand without a country code.
        bare_international: Whether digits may be a whole international number that lost its plus.
        allow_drama: Whether Ofcom's drama numbers count as numbers where phonenumbers calls them invalid.

    Raises:
        ValueError: The regions are not usable; its only argument is the list of (field, problem).

    >>> DialPlan().as_dict()
    {'home_regions': ['GB', 'US'], 'bare_international': True, 'allow_drama': True}
    """

    home_regions: tuple[str, ...] = ("GB", "US")
    bare_international: bool = True
    allow_drama: bool = True

    def __post_init__(self) -> None:
        faults = [("home_regions", problem) for problem in _region_problems(self.home_regions)]
        if faults:
            raise ValueError(faults)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "DialPlan":
        """The dial plan of a table of settings; keys that are left out keep their defaults.

        Args:
            mapping: Keys `home_regions` (a list of regions), `bare_international`, `allow_drama`.

        Raises:
            ValueError: Its only argument is the list of all faults, each (field, problem).

        >>> DialPlan.from_mapping({"home_regions": ["US"]}).home_regions
        ('US',)
        """
        faults: list[tuple[str, str]] = []
        regions: tuple[str, ...] = cls().home_regions
        flags = {"bare_international": cls().bare_international, "allow_drama": cls().allow_drama}
        for field, value in mapping.items():
            if field == "home_regions":
                if isinstance(value, (list, tuple)) and all(isinstance(region, str) for region in value):
                    regions = tuple(value)
                    faults += [(field, problem) for problem in _region_problems(regions)]
                else:
                    faults.append((field, 'must be a list of regions, such as ["GB", "US"]'))
            elif field in flags:
                if isinstance(value, bool):
                    flags[field] = value
                else:
                    faults.append((field, "must be true or false"))
            else:
                faults.append((field, "is not a setting of the dial plan"))
        if faults:
            raise ValueError(faults)
        return cls(regions, **flags)

    def as_dict(self) -> dict[str, object]:
        """The plan as plain values, always in the same order, so that it can be fingerprinted."""
        return {
            "home_regions": list(self.home_regions),
            "bare_international": self.bare_international,
            "allow_drama": self.allow_drama,
        }

    @property
    def hows(self) -> tuple[str, ...]:
        """Every way of reading that this plan may report, in the order in which ways are tried."""
        return (
            "plus",
            "00",
            "011",
            *(f"trunk:{region}" for region in self.home_regions),
            "bare-international",
            *(f"bare-national:{region}" for region in self.home_regions),
        )


@lru_cache(maxsize=64)
def home_networks(plan: DialPlan) -> tuple[HomeNetwork, ...]:
    """The networks of the plan's home regions, in its order."""
    networks = []
    for region in plan.home_regions:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if metadata is not None:  # never None: the plan takes supported regions only
            networks.append(HomeNetwork(region, str(metadata.country_code), metadata.national_prefix or ""))
    return tuple(networks)


@lru_cache(maxsize=64)
def international_prefixes(plan: DialPlan) -> tuple[str, ...]:
    """Prefixes that open an international number: 00 for all, and 011 where North America is home."""
    codes = {network.calling_code for network in home_networks(plan)}
    return ("00", "011") if _NORTH_AMERICA in codes else ("00",)


def _region_problems(regions: tuple[str, ...]) -> list[str]:
    if not regions:
        return ["must name at least one region"]
    problems = []
    for place, region in enumerate(regions):
        if region not in phonenumbers.SUPPORTED_REGIONS:
            hint = "; the United Kingdom is GB" if region.upper() == "UK" else ""
            problems.append(f"{region!r} is not a region with telephone numbers (two capital letters){hint}")
        elif region in regions[:place]:
            problems.append(f"{region!r} is named twice")
    return problems
