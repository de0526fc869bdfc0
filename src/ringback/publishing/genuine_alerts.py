"""The digests by which the public host tells a genuine text: one for each alert, keyed, sorted, in one file.

The file holds no number, no reference and no list: each record is a keyed digest of a reference and the last four
digits of its number, the campaign, and the day on which the text was handed over, if it was. Whoever holds the file and
its key can try out pairs of reference and digits, and learns only whether a pair is right. Each try costs what one
check costs us, for the digests are slow to make: see `slow_digest`.
"""

import hashlib
import hmac
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct

from ringback.errors import RingbackError

FILE_NAME = "alerts.digests"
_MAGIC = b"ringback genuine alerts 2\n"
_DIGEST_BYTES = 16
# The digest, the place of its campaign, and days since `_EPOCH` (0 where the day is not known).
_RECORD = Struct(f">{_DIGEST_BYTES}sHH")
_EPOCH = date(2000, 1, 1)
# Each step doubles the time and the memory: 13 takes 8 MiB and about 25 ms. Decision 073 has the sums.
COST = 13
# Nobody has to be kept from guessing made-up texts.
SYNTHETIC_COST = 8
_CHEAPEST, _DEAREST = 4, 18
_BLOCK, _SALT = 8, b"ringback genuine alerts"


@dataclass(frozen=True, slots=True)
class Genuine:
    """A text that is genuine: its campaign, and the day on which it was handed over; None where that is not known."""

    campaign: str
    sent_on: date | None


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself.

    Attributes:
        campaigns: All campaigns; a record names one by its place.
        count: How many records follow.
        keys: The names of the keys that the digests were made with.
        cost: How slow the digests are.
        size: Bytes of the head: the records begin there.
    """

    campaigns: tuple[str, ...]
    count: int
    keys: tuple[str, ...]
    cost: int
    size: int


class GenuineAlerts:
    """The digests of one release, looked up by reference and last four digits.

    Args:
        data: The file.
        keys: The derived key of the purpose `check` for each key name: 32 bytes.

    Raises:
        RingbackError: `bundle_damaged`.
    """

    def __init__(self, data: bytes, keys: Mapping[str, bytes]) -> None:
        try:
            self._head = read_head(data)
            self._records = data[self._head.size :]
            if len(self._records) != len(self) * _RECORD.size:
                raise ValueError("its records are not as many as it says")
            self._keys = [keys[name] for name in self._head.keys]
        except (ValueError, KeyError, TypeError) as error:
            raise RingbackError("bundle_damaged", what=FILE_NAME, problem=str(error)) from error

    def __len__(self) -> int:
        return self._head.count

    def find(self, reference: str, last_four: str) -> Genuine | None:
        """The text with this reference, sent to a number that ends in these digits; None if we know of none.

        Args:
            reference: In canonical form.
            last_four: Four digits.
        """
        found = None
        # Every key is asked, so that an old key's hit takes as long as a miss.
        for key in self._keys:
            slow = slow_digest(_check_digest(key, reference, last_four), self._head.cost)
            found = self._look_up(slow) or found
        return found

    def _look_up(self, digest: bytes) -> Genuine | None:
        at = bisect_left(range(len(self)), digest, key=self._digest_at)
        if at == len(self) or self._digest_at(at) != digest:
            return None
        _digest_found, campaign, day = _RECORD.unpack_from(self._records, at * _RECORD.size)
        return Genuine(self._head.campaigns[campaign], _EPOCH + timedelta(days=day) if day else None)

    def _digest_at(self, place: int) -> bytes:
        start = place * _RECORD.size
        return self._records[start : start + _DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class Record:
    """One text that is ours.

    Attributes:
        key: The name of the key that its digest was made with.
        digest: Its slow digest, 16 bytes.
        campaign: Its campaign.
        sent_on: The day on which it was handed over; None where that is not known.
    """

    key: str
    digest: bytes
    campaign: str
    sent_on: date | None


def pack_alerts(found: Iterable[Record], *, campaigns: Sequence[str], cost: int) -> bytes:
    """The file of these texts.

    >>> found = [Record("k1", slow_digest(bytes(16), SYNTHETIC_COST), "B-001", date(2022, 11, 24))]
    >>> len(GenuineAlerts(pack_alerts(found, campaigns=["B-001"], cost=SYNTHETIC_COST), {"k1": bytes(32)}))
    1

    Args:
        found: The texts.
        campaigns: All campaigns.
        cost: What their digests were made with.
    """
    places = {campaign: place for place, campaign in enumerate(campaigns)}
    names: set[str] = set()
    records = []
    for one in found:
        names.add(one.key)
        days = (one.sent_on - _EPOCH).days if one.sent_on else 0
        records.append(_RECORD.pack(one.digest, places[one.campaign], days))
    head = {"campaigns": list(campaigns), "count": len(records), "keys": sorted(names), "cost": cost}
    return b"".join([_MAGIC, json.dumps(head).encode(), b"\n", *sorted(records)])


def slow_digest(check_digest: bytes, cost: int) -> bytes:
    """The digest that the file holds for a check digest: scrypt, which takes time and memory whoever computes it.

    Other threads run meanwhile.

    Args:
        check_digest: The keyed digest of reference and last four digits: 16 bytes.
        cost: Logarithm of the number of rounds.

    Returns:
        16 bytes.
    """
    rounds = 2**cost
    room = 2 * 128 * _BLOCK * rounds
    return hashlib.scrypt(check_digest, salt=_SALT, n=rounds, r=_BLOCK, p=1, maxmem=room, dklen=_DIGEST_BYTES)


def read_head(data: bytes) -> Head:
    """The head of a file.

    Raises:
        ValueError: The file has another form.
        KeyError, TypeError: The head does.
    """
    if not data.startswith(_MAGIC):
        raise ValueError("another form")
    line = data[len(_MAGIC) :].partition(b"\n")[0]
    told = json.loads(line)
    cost = int(told["cost"])
    if not _CHEAPEST <= cost <= _DEAREST:
        raise ValueError(f"digests that cost {cost}")
    return Head(tuple(told["campaigns"]), int(told["count"]), tuple(told["keys"]), cost, len(_MAGIC) + len(line) + 1)


def _check_digest(key: bytes, reference: str, last_four: str) -> bytes:
    # As `alerting.model.references.check_digest` has it, of which the records hold the same bytes.
    return hmac.digest(key, f"{reference}|{last_four}".encode(), "sha256")[:_DIGEST_BYTES]
