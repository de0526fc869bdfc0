"""The provider but for its sockets: what it knows, and which part of it answers what."""

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from notify_standin import asking, posting
from notify_standin.callbacks import Callbacks
from notify_standin.clockwork import PushedClock, Timetable
from notify_standin.faults import Fault, FaultPlan
from notify_standin.limits import DailyCount, TokenBucket
from notify_standin.messages import Reply, Request, json_reply
from notify_standin.notifications import Notification, Notifications
from notify_standin.options import Options
from notify_standin.outages import Outages
from notify_standin.refusals import KEY_TYPES, RefusedError, over_daily, over_rate
from notify_standin.request_log import LoggedRequest, RequestLog
from notify_standin.service import Service
from notify_standin.tokens import check_token

_UNLIMITED = 3000


class Provider:
    """All that the stand-in holds. One lock guards it; nothing waits while holding it.

    Args:
        clock: Its time.
        options: Its limits and habits.
        state: Where accepted notifications are written as JSON lines; None for nowhere.
    """

    def __init__(self, clock: PushedClock, options: Options, *, state: Path | None = None) -> None:
        self.clock = clock
        self.options = options
        self.lock = threading.RLock()
        self.random = random.Random(options.seed)
        self.service = Service(options, random.Random(options.seed), now=clock.now())
        self.notifications = Notifications(lambda: self.options.retention_s)
        self.faults = FaultPlan(self.random)
        self.log = RequestLog(options.keep_requests)
        self.timetable = Timetable(clock)
        self.callbacks = Callbacks(clock, self.timetable, self.random)
        self.outages = Outages(clock, self.timetable, self.random)
        self.received_texts: list[dict[str, Any]] = []
        self.daily = DailyCount()
        self.url = ""
        self.refuse: Callable[[float], None] = lambda seconds: None
        self._buckets: dict[str, TokenBucket] = {}
        self._storm_until = float("-inf")
        self._order = 0
        self._state = state.open("a", encoding="utf-8") if state else None
        self.set_rate_limit(options.rate_limit)

    def close(self) -> None:
        """Let the clock's waits, the timetable, the callbacks and the state file end."""
        self.clock.close()
        self.timetable.close()
        self.callbacks.close()
        if self._state:
            self._state.close()

    def set_rate_limit(self, limit: int | None) -> None:
        """New, full buckets; None for no limit."""
        with self.lock:
            self.options.rate_limit = limit
            self._buckets = {} if limit is None else {key_type: TokenBucket(limit) for key_type in KEY_TYPES}

    def start_storm(self, seconds: float) -> None:
        """Every POST is over the rate for so long; the buckets are emptied as it begins."""
        with self.lock:
            self._storm_until = self.clock.elapsed() + seconds
            for bucket in self._buckets.values():
                bucket.empty()

    def check_limits(self, key_type: str) -> None:
        """Take a token and look at the day's number; else a 429."""
        with self.lock:
            bucket = self._buckets.get(key_type)
            allowed = bucket is None or bucket.take(self.clock.now())
            if not allowed or self.clock.elapsed() < self._storm_until:
                raise over_rate(key_type, self.options.rate_limit or _UNLIMITED)
            if self.daily.count(self.clock.now()) >= self.options.daily_limit:
                raise over_daily(self.options.daily_limit)

    def draw_fault(self, method: str, reference: str | None) -> Fault | None:
        """What goes wrong with this request: the fault of an outage, else of the plan; None for nothing."""
        with self.lock:
            fault = self.outages.draw(method)
            if fault is not None:
                self.log.count("in_outages")
                return fault
            return self.faults.draw(method, reference)

    def next_order(self) -> int:
        """The next place in the order of rows."""
        with self.lock:
            self._order += 1
            return self._order

    def keep(self, row: Notification, *, report_later: bool) -> None:
        """A row is made; its statuses are reported when they come, unless something else sees to that."""
        with self.lock:
            self.notifications.add(row)
            if row.key_type != "test":
                self.daily.add(row.created_at)
            if self._state:
                self.write_state(row.to_ledger(row.created_s))
        self.log.count("accepted")
        if report_later:
            self.callbacks.plan(row)

    def write_state(self, line: dict[str, Any]) -> None:
        """One more line for the state file, if there is one."""
        if self._state:
            self._state.write(json.dumps(line) + "\n")
            self._state.flush()

    def authorise(self, request: Request, entry: LoggedRequest) -> str:
        """The type of the key that the request was signed with; 401 or 403 otherwise."""
        authorisation = request.headers.get("authorization")
        key, iat = check_token(authorisation, self.service, now=self.clock.now())
        entry.key_type, entry.iat = key.key_type, iat
        return key.key_type

    def answer(self, request: Request) -> Reply:
        """The reply to one request to the API."""
        entry = self.log.begin(request)
        try:
            reply = self._route(request, entry)
        except RefusedError as refusal:
            entry.error = refusal.kind
            reply = json_reply(refusal.status, refusal.body())
        self.log.finish(entry, reply)
        return reply

    def _route(self, request: Request, entry: LoggedRequest) -> Reply:
        parts = request.path.strip("/").split("/")
        if request.method == "POST" and len(parts) == 3 and parts[:2] == ["v2", "notifications"]:
            return posting.answer_post(self, request, entry, parts[2])
        if request.method == "GET":
            return asking.answer_get(self, request, entry, parts)
        return json_reply(404, {"result": "error", "message": "Page not found"})
