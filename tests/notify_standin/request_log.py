"""Every request to the API, with its times and what became of it."""

import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from notify_standin.messages import Reply, Request
from notify_standin.service import stamp


@dataclass(slots=True)
class LoggedRequest:
    """One request. Attributes: its place in the order; the request; who asked; its fault; what was sent in reply."""

    order: int
    request: Request
    reference: str | None = None
    key_type: str | None = None
    iat: int | None = None
    number: str | None = None
    fault: str | None = None
    error: str | None = None
    status: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As a test reads it; `status` is None where nothing was sent back."""
        return {
            "order": self.order,
            "method": self.request.method,
            "path": self.request.path,
            "reference": self.reference,
            "number": self.number,
            "key_type": self.key_type,
            "iat": self.iat,
            "connected_at": stamp(self.request.connected_at),
            "arrived_at": stamp(self.request.arrived_at),
            "received_at": stamp(self.request.received_at),
            "fault": self.fault,
            "error": self.error,
            "status": self.status,
        }


class RequestLog:
    """The newest requests, and counts of all.

    Args:
        keep: How many requests are kept.
    """

    def __init__(self, keep: int) -> None:
        self._lock = threading.Lock()
        self._entries: deque[LoggedRequest] = deque(maxlen=keep)
        self._counts: Counter[str] = Counter()
        self._order = 0

    def begin(self, request: Request) -> LoggedRequest:
        """Take a request up."""
        with self._lock:
            self._order += 1
            entry = LoggedRequest(self._order, request)
            self._entries.append(entry)
            self._counts["posts" if request.method == "POST" else "gets"] += 1
            return entry

    def finish(self, entry: LoggedRequest, reply: Reply) -> None:
        """Note what is sent back."""
        entry.status = None if reply.hang_up else reply.status
        with self._lock:
            if entry.error:
                self._counts[f"error_{entry.error}"] += 1
            if entry.fault:
                self._counts[f"fault_{entry.fault}"] += 1

    def count(self, name: str) -> None:
        """One more of something."""
        with self._lock:
            self._counts[name] += 1

    def counts(self) -> dict[str, int]:
        """name -> how many: posts, gets, accepted, simulated, incomplete, error_<kind>, fault_<kind>."""
        with self._lock:
            names = ("posts", "gets", "accepted", "simulated", "incomplete", "error_RateLimitError")
            return {**dict.fromkeys(names, 0), **self._counts}

    def entries(self, *, after: int = 0) -> list[LoggedRequest]:
        """The kept ones whose place in the order is past that."""
        with self._lock:
            return [entry for entry in self._entries if entry.order > after]
