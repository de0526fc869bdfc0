"""What the provider tells us unasked: delivery receipts and texts that came in, with its retries and its disorder."""

import http.client
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from notify_standin.clockwork import PushedClock, Timetable
from notify_standin.notifications import Notification
from notify_standin.service import stamp

RETRIES = 5
RETRY_AFTER_S = 300.0
REPORTED = frozenset({"pending", "delivered", "permanent-failure", "temporary-failure", "technical-failure"})
_TIMEOUT_S = 5.0
_SHORTEST_TIMEOUT_S = 2.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_WORKERS = 4


@dataclass
class CallbackSettings:
    """Where to and how.

    Attributes:
        url: Where delivery receipts go; none are sent without it.
        token: Their bearer token.
        inbound_url: Where texts that come in go.
        inbound_token: Their bearer token.
        duplicate_share: Share of receipts that are sent twice.
        reorder_s: Receipts are held back for any time up to this, so that they overtake one another.
        before_reply_share: Share of notifications whose final receipt is sent before their 201 is.
    """

    url: str | None = None
    token: str = "receipt-token"
    inbound_url: str | None = None
    inbound_token: str = "inbound-token"
    duplicate_share: float = 0.0
    reorder_s: float = 0.0
    before_reply_share: float = 0.0

    def check(self) -> None:
        """No number leaves this machine."""
        for url in filter(None, (self.url, self.inbound_url)):
            if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in _LOOPBACK:
                raise ValueError("callbacks go to this machine alone, over http")


@dataclass(frozen=True)
class _Job:
    url: str
    token: str
    payload: dict[str, Any]


class Callbacks:
    """Posts callbacks: five more times at five minutes on a 5xx, a 429 or no answer, never after another 4xx.

    Args:
        clock: The stand-in's clock.
        timetable: What runs them when they are due.
        random_source: Chooses which are doubled or held back.
    """

    def __init__(self, clock: PushedClock, timetable: Timetable, random_source: random.Random) -> None:
        self._clock = clock
        self._timetable = timetable
        self._random = random_source
        self.settings = CallbackSettings()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="notify-standin-callback")
        self._lock = threading.Lock()
        self._held: list[_Job] | None = None
        self._waiting = 0
        self._attempts: list[dict[str, Any]] = []

    def close(self) -> None:
        """Send nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def plan(self, row: Notification) -> None:
        """Report each of its statuses when it comes."""
        if self.settings.url is None:
            return
        for after_s, status in row.moves:
            if status in REPORTED:
                self._count_waiting(1)
                self._timetable.after(after_s, partial(self._report_planned, row, status))

    def _report_planned(self, row: Notification, status: str) -> None:
        self._count_waiting(-1)
        if status in (taken for _, taken in row.moves_until(self._clock.elapsed())):
            self.report(row, status)

    def report(self, row: Notification, status: str) -> None:
        """Send one receipt, or hold it back, or send it twice, as the settings say."""
        if self.settings.url is None:
            return
        job = self._receipt(row, status)
        copies = 2 if self._random.random() < self.settings.duplicate_share else 1
        for _ in range(copies):
            self._send_later(job, self._random.uniform(0.0, self.settings.reorder_s))

    def report_before_reply(self, row: Notification) -> None:
        """Send the receipt of its present status and come back when it was answered."""
        status = row.status_at(self._clock.elapsed())
        if self.settings.url is not None and status in REPORTED:
            self._attempt(self._receipt(row, status), 1)

    def goes_before_reply(self) -> bool:
        """Whether this time the receipt comes before the 201."""
        return self.settings.url is not None and self._random.random() < self.settings.before_reply_share

    def send_inbound(self, text: dict[str, Any]) -> None:
        """Tell of a text that came in."""
        if self.settings.inbound_url is not None:
            self._send_later(_Job(self.settings.inbound_url, self.settings.inbound_token, text), 0.0)

    def hold(self) -> None:
        """Keep every callback back until they are released."""
        with self._lock:
            self._held = []

    def release(self, *, reverse: bool = False) -> int:
        """Send what was held, one after another, newest first if reversed; gives how many."""
        with self._lock:
            held, self._held = self._held or [], None
        jobs = held[::-1] if reverse else held
        for job in jobs:
            self._attempt(job, 1)
        return len(jobs)

    def attempts(self) -> list[dict[str, Any]]:
        """Every attempt: id, status or "inbound", number of the attempt, when, and the answer (None for no answer)."""
        with self._lock:
            return list(self._attempts)

    def waiting(self) -> int:
        """How many are still to be sent: planned, held back, under way or to be tried again."""
        with self._lock:
            return self._waiting + len(self._held or ())

    def _receipt(self, row: Notification, status: str) -> _Job:
        sent_at, completed_at = row.times_at(self._clock.elapsed())
        payload = {
            "id": row.id,
            "reference": row.reference,
            "to": row.phone_number,
            "status": status,
            "created_at": stamp(row.created_at),
            "completed_at": stamp(completed_at) if completed_at else None,
            "sent_at": stamp(sent_at) if sent_at else None,
            "notification_type": "sms",
            "template_id": row.template_id,
            "template_version": row.template_version,
        }
        return _Job(str(self.settings.url), self.settings.token, payload)

    def _send_later(self, job: _Job, seconds: float) -> None:
        with self._lock:
            if self._held is not None:
                self._held.append(job)
                return
            self._waiting += 1
        if seconds > 0:
            self._timetable.after(seconds, lambda: self._submit(job, 1))
        else:
            self._submit(job, 1)

    def _submit(self, job: _Job, number: int) -> None:
        try:
            self._pool.submit(self._run, job, number)
        except RuntimeError:
            self._count_waiting(-1)

    def _run(self, job: _Job, number: int) -> None:
        try:
            self._attempt(job, number)
        finally:
            self._count_waiting(-1)

    def _attempt(self, job: _Job, number: int) -> None:
        answer = self._post(job)
        attempt = {
            "id": job.payload["id"],
            "status": job.payload.get("status", "inbound"),
            "attempt": number,
            "at": stamp(self._clock.now()),
            "answer": answer,
        }
        again = (answer is None or answer >= 500 or answer == 429) and number <= RETRIES
        if again:
            self._count_waiting(1)
            self._timetable.after(RETRY_AFTER_S, lambda: self._submit(job, number + 1))
        with self._lock:
            self._attempts.append(attempt)

    def _post(self, job: _Job) -> int | None:
        target = urlsplit(job.url)
        timeout = max(self._clock.machine_seconds(_TIMEOUT_S), _SHORTEST_TIMEOUT_S)
        connection = http.client.HTTPConnection(str(target.hostname), target.port or 80, timeout=timeout)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {job.token}"}
        try:
            connection.request("POST", target.path or "/", json.dumps(job.payload), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _count_waiting(self, change: int) -> None:
        with self._lock:
            self._waiting += change
