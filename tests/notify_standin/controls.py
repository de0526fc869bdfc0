"""What a test can do to the provider, and read from it; never a part of the API."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from notify_standin.faults import Fault
from notify_standin.messages import Reply, Request, json_reply
from notify_standin.notifications import STATUSES, Notification
from notify_standin.outages import Outage
from notify_standin.provider import Provider
from notify_standin.service import stamp

PREFIX = "/_standin/"


class Controls:
    """Commands by name, with plain values in and out, so that they can be given in the process or over HTTP.

    Args:
        provider: What they act on.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._commands: dict[str, Callable[..., Any]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def run(self, command: str, arguments: dict[str, Any]) -> Any:
        """Do one thing; KeyError for an unknown command, TypeError or ValueError for wrong arguments."""
        return self._commands[command](**arguments)

    def answer(self, request: Request) -> Reply:
        """The same over HTTP: POST /_standin/<command> with the arguments as JSON."""
        command = request.path.removeprefix(PREFIX)
        if not request.path.startswith(PREFIX) or command not in self._commands:
            return json_reply(404, {"error": "no such control"})
        try:
            arguments = json.loads(request.body) if request.body else {}
            return json_reply(200, {"result": self.run(command, arguments)})
        except (TypeError, ValueError, KeyError) as error:
            return json_reply(400, {"error": f"{type(error).__name__}: {error}"})

    def do_about(self) -> dict[str, Any]:
        """Where it is and which keys it knows."""
        service = self._provider.service
        return {
            "url": self._provider.url,
            "api_key": service.api_key(),
            "keys": {key_type: service.api_key(key_type) for key_type in service.keys},
            "service_id": service.service_id,
            "template_id": service.template_id,
            "sms_sender_id": service.sms_sender_id,
        }

    def do_now(self) -> str:
        """The stand-in's time."""
        return stamp(self._provider.clock.now())

    def do_counts(self) -> dict[str, int]:
        """Counts of requests, acceptances, denials and faults."""
        return self._provider.log.counts()

    def do_ledger(self, reference: str | None = None) -> list[dict[str, Any]]:
        """Every accepted notification, also those that cannot be asked for yet or any more."""
        provider = self._provider
        with provider.lock:
            rows = provider.notifications.all(reference=reference)
        elapsed = provider.clock.elapsed()
        return [row.to_ledger(elapsed) for row in rows]

    def do_requests(self, after: int = 0) -> list[dict[str, Any]]:
        """The requests to the API past that place in their order."""
        return [entry.to_json() for entry in self._provider.log.entries(after=after)]

    def do_set_faults(
        self,
        post: dict[str, float] | None = None,
        get: dict[str, float] | None = None,
        hold_share: float | None = None,
        **durations: float,
    ) -> None:
        """New chances for POSTs or GETs, and times; what is not named stays."""
        plan = self._provider.faults
        with self._provider.lock:
            plan.durations = replace(plan.durations, **durations)
            if hold_share is not None:
                plan.hold_share = hold_share
            for method, chances in (("POST", post), ("GET", get)):
                if chances is not None:
                    plan.set_chances(method, chances)

    def do_clear_faults(self) -> None:
        """Nothing goes wrong from now on."""
        with self._provider.lock:
            self._provider.faults.clear()

    def do_script(self, faults: list[Any], method: str = "POST", reference: str | None = None) -> None:
        """The next requests get these faults, one each."""
        with self._provider.lock:
            for fault in faults:
                self._provider.faults.script(method, Fault.read(fault), reference=reference)

    def do_storm(self, seconds: float) -> None:
        """Every POST is a 429 for so long."""
        self._provider.start_storm(seconds)

    def do_refuse(self, seconds: float) -> None:
        """New connections are refused for so long."""
        self._provider.refuse(seconds)

    def do_outage(self, outages: list[Any]) -> float:
        """Outages one after another, from now or from the end of those that are planned; gives seconds to the end."""
        with self._provider.lock:
            return self._provider.outages.plan([Outage.read(outage) for outage in outages])

    def do_end_outages(self) -> None:
        """The outage ends now, and those that were to follow do not come."""
        with self._provider.lock:
            self._provider.outages.end()

    def do_set_retention(self, seconds: float) -> None:
        """Notifications older than that can no longer be asked for, from now on."""
        with self._provider.lock:
            self._provider.options.retention_s = seconds

    def do_advance(self, seconds: float) -> None:
        """Push the stand-in's time on; what fell due has been started when this returns."""
        self._provider.clock.advance(seconds)
        self._provider.timetable.settle()

    def do_age(self, seconds: float, reference: str | None = None) -> int:
        """Make notifications older by so much (all, or those with one reference); gives how many."""
        with self._provider.lock:
            rows = self._provider.notifications.all(reference=reference)
            for row in rows:
                row.make_older(seconds)
            self._provider.notifications.sort()
        return len(rows)

    def do_set_template(self, body: str, template_id: str | None = None) -> int:
        """A new version of the template; gives its number."""
        provider = self._provider
        with provider.lock:
            wanted = template_id or provider.service.template_id
            return provider.service.change_template(body, template_id=wanted, now=provider.clock.now())

    def do_add_template(self, body: str) -> str:
        """A further template; gives its identifier."""
        with self._provider.lock:
            return self._provider.service.add_template(body, now=self._provider.clock.now())

    def do_set_limits(self, **limits: int | None) -> None:
        """A new `rate_limit` (None for none; the buckets are full again) or `daily_limit`."""
        with self._provider.lock:
            if "rate_limit" in limits:
                self._provider.set_rate_limit(limits.pop("rate_limit"))
            if "daily_limit" in limits:
                self._provider.options.daily_limit = int(limits.pop("daily_limit") or 0)
        if limits:
            raise ValueError(f"no such limits: {', '.join(limits)}")

    def do_set_service(
        self,
        archived: bool | None = None,
        revoked: dict[str, bool] | None = None,
        guest_list: list[str] | None = None,
        name: str | None = None,
        prefix_sms: bool | None = None,
        letters: str | None = None,
    ) -> None:
        """Archive the service, revoke keys by type, name a team key's guests, or change name, prefix and letters."""
        with self._provider.lock:
            service = self._provider.service
            service.archived = service.archived if archived is None else archived
            for key_type, is_revoked in (revoked or {}).items():
                service.keys[key_type].revoked = is_revoked
            if guest_list is not None:
                service.guest_list = set(guest_list)
            service.name = service.name if name is None else name
            service.prefix_sms = service.prefix_sms if prefix_sms is None else prefix_sms
            if letters is not None:
                self._provider.options = replace(self._provider.options, letters=letters)

    def do_set_status(self, status: str, id: str | None = None, reference: str | None = None) -> int:
        """Give one notification a status now and report it; gives how many took it (the first final one stays)."""
        if status not in STATUSES or (id is None) == (reference is None):
            raise ValueError("a known status is needed, and either an id or a reference")
        provider = self._provider
        with provider.lock:
            rows = [row for row in provider.notifications.all(reference=reference) if id in {None, row.id}]
            taken = [row for row in rows if row.add_status(status, elapsed=provider.clock.elapsed())]
        for row in taken:
            self._report(row, status)
        return len(taken)

    def _report(self, row: Notification, status: str) -> None:
        if status not in {"created", "sending", "sent"}:
            self._provider.callbacks.report(row, status)

    def do_report(self, id: str, status: str) -> None:
        """Send a receipt as it stands, true or not: again, late or contradicting the first."""
        with self._provider.lock:
            row = next(row for row in self._provider.notifications.all() if row.id == id)
        self._provider.callbacks.report(row, status)

    def do_set_callbacks(self, **settings: Any) -> None:
        """Where callbacks go and how; see CallbackSettings."""
        callbacks = self._provider.callbacks
        changed = replace(callbacks.settings, **settings)
        changed.check()
        callbacks.settings = changed

    def do_hold_callbacks(self) -> None:
        """Keep every callback back."""
        self._provider.callbacks.hold()

    def do_release_callbacks(self, reverse: bool = False) -> int:
        """Send what was kept back, newest first if reversed; gives how many."""
        return self._provider.callbacks.release(reverse=reverse)

    def do_callback_attempts(self) -> list[dict[str, Any]]:
        """Every attempt at a callback, and what came of it."""
        return self._provider.callbacks.attempts()

    def do_callbacks_waiting(self) -> int:
        """How many callbacks are still to come."""
        return self._provider.callbacks.waiting()

    def do_receive_text(self, source_number: str, message: str, times: int = 1) -> str:
        """A text comes in from a phone; gives its identifier. It is told `times` times."""
        text = {
            "id": str(uuid.uuid4()),
            "source_number": source_number,
            "destination_number": self._provider.options.from_number,
            "message": message,
            "date_received": stamp(self._provider.clock.now()),
        }
        with self._provider.lock:
            self._provider.received_texts.append(_as_received(text, self._provider))
        for _ in range(times):
            self._provider.callbacks.send_inbound(text)
        return text["id"]


def _as_received(text: dict[str, str], provider: Provider) -> dict[str, str]:
    return {
        "id": text["id"],
        "user_number": text["source_number"],
        "notify_number": text["destination_number"],
        "content": text["message"],
        "service_id": provider.service.service_id,
        "created_at": text["date_received"],
    }
