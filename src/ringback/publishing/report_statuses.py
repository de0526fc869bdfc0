"""What became of each report, for the public host: a slow digest of its status code, the status, and the day.

The file says nothing of a report but that. Whoever steals it with its key can try out status codes, each as slowly as
the digests are made, and learns a status.
"""

import hmac
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct
from typing import Any

from ringback.errors import RingbackError
from ringback.publishing.genuine_alerts import slow_digest
from ringback.records.reports import STATUSES

FILE_NAME = "reports.statuses"
_MAGIC = b"ringback report statuses 1\n"
_DIGEST_BYTES = 16
_RECORD = Struct(f">{_DIGEST_BYTES}sBH")
_EPOCH = date(2000, 1, 1)
# The purpose of the keyed digests in the records: `victim_reports.status_codes` has it.
PURPOSE = "report-status"


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """One report: its slow digest (16 bytes), its status, and since when."""

    digest: bytes
    status: str
    since: date


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a report, and on which day."""

    status: str
    since: date


class ReportStatuses:
    """The statuses of one release, looked up by status code.

    Args:
        data: The file.
        keys: The derived key of the purpose `report-status` for each key name: 32 bytes.

    Raises:
        RingbackError: `bundle_damaged`.
    """

    def __init__(self, data: bytes, keys: Mapping[str, bytes]) -> None:
        try:
            told, self._records = _split(data)
            self._cost, self._statuses = int(told["cost"]), tuple(told["statuses"])
            if len(self._records) != int(told["count"]) * _RECORD.size:
                raise ValueError("its records are not as many as it says")
            self._keys = [keys[name] for name in told["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            raise RingbackError("bundle_damaged", what=FILE_NAME, problem=str(error)) from error

    def __len__(self) -> int:
        return len(self._records) // _RECORD.size

    def find(self, status_code: str) -> Status | None:
        """What became of the report with this code, in canonical form; None if this release knows of none."""
        found = None
        for key in self._keys:
            keyed = hmac.digest(key, status_code.encode(), "sha256")[:_DIGEST_BYTES]
            found = self._look_up(slow_digest(keyed, self._cost)) or found
        return found

    def _look_up(self, digest: bytes) -> Status | None:
        at = bisect_left(range(len(self)), digest, key=self._digest_at)
        if at == len(self) or self._digest_at(at) != digest:
            return None
        _digest_found, status, day = _RECORD.unpack_from(self._records, at * _RECORD.size)
        return Status(self._statuses[status], _EPOCH + timedelta(days=day))

    def _digest_at(self, place: int) -> bytes:
        start = place * _RECORD.size
        return self._records[start : start + _DIGEST_BYTES]


def read_key_names(data: bytes) -> tuple[str, ...]:
    """The names of the keys that a file's digests were made with.

    Raises:
        ValueError, KeyError, TypeError: The file has another form.
    """
    return tuple(_split(data)[0]["keys"])


def _split(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and records."""
    if not data.startswith(_MAGIC):
        raise ValueError("another form")
    line, _newline, records = data[len(_MAGIC) :].partition(b"\n")
    return json.loads(line), records


def pack_statuses(found: Iterable[StatusRecord], *, keys: Iterable[str], cost: int) -> bytes:
    """The file of these statuses.

    Args:
        found: One of each report that has a status code.
        keys: The names of all keys that they were digested with.
        cost: What their digests were made with.
    """
    records = sorted(_RECORD.pack(one.digest, STATUSES.index(one.status), (one.since - _EPOCH).days) for one in found)
    head = {"statuses": list(STATUSES), "count": len(records), "keys": sorted(set(keys)), "cost": cost}
    return b"".join([_MAGIC, json.dumps(head).encode(), b"\n", *records])
