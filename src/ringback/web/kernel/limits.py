"""How often one source may ask: token buckets in memory, one for each limit and source.

They keep a flood from one place away from everybody else. They are no protection against guessing from many places:
what must not be guessed needs a limit of its own where the guesses are checked.
"""

import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from ringback.clock import Clock

MOST_SOURCES = 50_000
_IPV6_NETWORK = 64


@dataclass(frozen=True)
class Limit:
    """How much one source may ask. Many phones share one address of their network, so be generous.

    Attributes:
        burst: How many requests may come at once.
        per_second: How many more every second, over time.
    """

    burst: int
    per_second: float

    def __post_init__(self) -> None:
        if self.burst < 1 or self.per_second <= 0:
            raise ValueError(f"a limit lets something through: {self}")


LIMITS: Mapping[str, Limit] = {"pages": Limit(burst=300, per_second=50), "forms": Limit(burst=60, per_second=5)}


class Limits:
    """The buckets of one process. Safe to use from several threads."""

    def __init__(self, limits: Mapping[str, Limit], *, clock: Clock, most_sources: int = MOST_SOURCES) -> None:
        self.limits = dict(limits)
        self._clock, self._most = clock, most_sources
        self._lock = threading.Lock()
        # What is left in a bucket, and when that was worked out. The one that was used last is at the end.
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait_s(self, name: str, source: str) -> int:
        """Count one request. Returns 0 if it may pass, or after how many whole seconds the next one may.

        A request that may not pass does not count. Of more sources than there is room for, those that have been quiet
        longest are forgotten.
        """
        limit = self.limits[name]
        with self._lock:
            now = self._clock.elapsed()
            left, since = self._buckets.pop((name, source), (float(limit.burst), now))
            left = min(float(limit.burst), left + max(0.0, now - since) * limit.per_second)
            passes = left >= 1
            self._buckets[name, source] = (left - passes, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0 if passes else max(1, math.ceil((1 - left) / limit.per_second))

    def __len__(self) -> int:
        """How many buckets there are."""
        return len(self._buckets)


def source_of(address: str | None) -> str:
    """Whom a client's address stands for: an IPv4 address, or the IPv6 network of one subscriber.

    >>> source_of("203.0.113.7"), source_of("2001:db8:1:2:3::4"), source_of("::ffff:203.0.113.7"), source_of("?")
    ('203.0.113.7', '2001:db8:1:2::/64', '203.0.113.7', 'unknown')
    """
    # Some proxies add the port.
    text = (address or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> _IPV6_NETWORK << _IPV6_NETWORK, _IPV6_NETWORK)))
