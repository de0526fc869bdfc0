"""The digests by which the public host tells a genuine text: one for each alert, keyed, sorted, in one file.

The file holds no number, no reference and no list: each record is a keyed digest of a reference and the last four
digits of its number, the campaign, and the day on which the text was handed over, if it was. Whoever holds the file and
its key can try out pairs of reference and digits, and learns only whether a pair is right.
"""

import hmac
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct

from ringback.errors import RingbackError

FILE_NAME = "alerts.digests"
_MAGIC = b"ringback genuine alerts 1\n"
_DIGEST_BYTES = 16
# The digest, the place of its campaign, and days since `_EPOCH` (0 where the day is not known).
_RECORD = Struct(f">{_DIGEST_BYTES}sHH")
_EPOCH = date(2000, 1, 1)


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
        size: Bytes of the head: the records begin there.
    """

    campaigns: tuple[str, ...]
    count: int
    keys: tuple[str, ...]
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
            found = self._look_up(_digest(key, reference, last_four)) or found
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


def pack_alerts(rows: Iterable[tuple[str, str, date | None]], *, campaigns: Sequence[str]) -> bytes:
    """The file of these alerts.

    >>> rows = [("k1:00112233445566778899aabbccddeeff", "B-001", date(2022, 11, 24))]
    >>> len(GenuineAlerts(pack_alerts(rows, campaigns=["B-001"]), {"k1": bytes(32)}))
    1

    Args:
        rows: Check digest as the records hold it, "k1:" and 32 hexadecimal digits; campaign; day of handing over.
        campaigns: All campaigns.
    """
    places = {campaign: place for place, campaign in enumerate(campaigns)}
    names: set[str] = set()
    records = []
    for check_digest, campaign, day in rows:
        name, _colon, digest = check_digest.partition(":")
        names.add(name)
        days = (day - _EPOCH).days if day else 0
        records.append(_RECORD.pack(bytes.fromhex(digest), places[campaign], days))
    head = {"campaigns": list(campaigns), "count": len(records), "keys": sorted(names)}
    return b"".join([_MAGIC, json.dumps(head).encode(), b"\n", *sorted(records)])


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
    return Head(tuple(told["campaigns"]), int(told["count"]), tuple(told["keys"]), len(_MAGIC) + len(line) + 1)


def _digest(key: bytes, reference: str, last_four: str) -> bytes:
    # As `alerting.model.references.check_digest` has it, of which the records hold the same bytes.
    return hmac.digest(key, f"{reference}|{last_four}".encode(), "sha256")[:_DIGEST_BYTES]
