"""A test's hands on a stand-in, the same whether it runs here or in a process of its own."""

import time
from abc import ABC, abstractmethod
from collections import defaultdict
from functools import cached_property
from typing import Any

from notify_standin.faults import Fault
from notify_standin.outages import Outage


class Handle(ABC):
    """Set what goes wrong, push time, read what was accepted. All seconds are of the stand-in's clock."""

    @abstractmethod
    def do(self, command: str, **arguments: Any) -> Any:
        """Run one of the controls (see Controls) by its name."""

    @cached_property
    def about(self) -> dict[str, Any]:
        """url, api_key (live), keys by type, service_id, template_id, sms_sender_id."""
        return dict(self.do("about"))

    @property
    def url(self) -> str:
        """The API's address, for the client's base_url."""
        return str(self.about["url"])

    @property
    def api_key(self) -> str:
        """The live key's text."""
        return str(self.about["api_key"])

    @property
    def keys(self) -> dict[str, str]:
        """Type (live, team, test) -> the key's text."""
        return dict(self.about["keys"])

    @property
    def service_id(self) -> str:
        """The service's identifier."""
        return str(self.about["service_id"])

    @property
    def template_id(self) -> str:
        """The first template's identifier."""
        return str(self.about["template_id"])

    @property
    def sms_sender_id(self) -> str:
        """The one sender that exists."""
        return str(self.about["sms_sender_id"])

    def now(self) -> str:
        """The stand-in's time, as text."""
        return str(self.do("now"))

    def counts(self) -> dict[str, int]:
        """posts, gets, accepted, simulated, incomplete, error_<kind>, fault_<kind>."""
        return dict(self.do("counts"))

    def ledger(self, *, reference: str | None = None) -> list[dict[str, Any]]:
        """Every accepted notification, in order, also those that the API does not show (yet, or any more)."""
        return list(self.do("ledger", reference=reference))

    def accepted_by_reference(self) -> dict[str | None, list[dict[str, Any]]]:
        """Reference -> the notifications that were accepted under it; two are one too many."""
        accepted: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
        for row in self.ledger():
            accepted[row["reference"]].append(row)
        return dict(accepted)

    def requests(self, *, after: int = 0) -> list[dict[str, Any]]:
        """The requests to the API, in order, with connected_at, arrived_at, received_at and what became of each."""
        return list(self.do("requests", after=after))

    def set_faults(
        self, *, post: dict[str, float] | None = None, get: dict[str, float] | None = None, **settings: float
    ) -> None:
        """Chances by kind of fault; settings: hold_share, stall_s, late_commit_s, storm_s, refuse_s."""
        self.do("set_faults", post=post, get=get, **settings)

    def clear_faults(self) -> None:
        """Nothing goes wrong from now on."""
        self.do("clear_faults")

    def script(self, *faults: Fault | str, method: str = "POST", reference: str | None = None) -> None:
        """The next requests get these faults, one each; with a reference, the next ones that carry it."""
        plain = [vars(Fault.read(fault)) for fault in faults]
        self.do("script", faults=plain, method=method, reference=reference)

    def storm(self, seconds: float) -> None:
        """Every POST is a 429 for so long; the buckets are emptied as it begins."""
        self.do("storm", seconds=seconds)

    def refuse(self, seconds: float) -> None:
        """New connections are refused for so long."""
        self.do("refuse", seconds=seconds)

    def outage(self, *outages: Outage) -> float:
        """Outages one after another, after those that are planned already; gives seconds from now to the end."""
        return float(self.do("outage", outages=[vars(outage) for outage in outages]))

    def end_outages(self) -> None:
        """The outage ends now, and those that were to follow do not come."""
        self.do("end_outages")

    def set_retention(self, seconds: float) -> None:
        """Notifications older than that can no longer be asked for, from now on; the ledger keeps them."""
        self.do("set_retention", seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Push the stand-in's time on (and nobody else's: tokens made by another clock grow stale)."""
        self.do("advance", seconds=seconds)

    def age(self, seconds: float, *, reference: str | None = None) -> int:
        """Make notifications older; gives how many. Their planned callbacks stay where they were."""
        return int(self.do("age", seconds=seconds, reference=reference))

    def set_template(self, body: str, *, template_id: str | None = None) -> int:
        """A new version of the template; gives its number."""
        return int(self.do("set_template", body=body, template_id=template_id))

    def add_template(self, body: str) -> str:
        """A further template; gives its identifier."""
        return str(self.do("add_template", body=body))

    def set_limits(self, **limits: int | None) -> None:
        """rate_limit (a minute; None for none) and daily_limit."""
        self.do("set_limits", **limits)

    def set_service(self, **changes: Any) -> None:
        """archived (bool), revoked (type -> bool), guest_list (numbers), name, prefix_sms (bool), letters."""
        self.do("set_service", **changes)

    def set_status(self, status: str, *, id: str | None = None, reference: str | None = None) -> int:
        """Give notifications a status now and report it; gives how many took it."""
        return int(self.do("set_status", status=status, id=id, reference=reference))

    def report(self, *, id: str, status: str) -> None:
        """Send a receipt as it stands, true or not."""
        self.do("report", id=id, status=status)

    def set_callbacks(self, **settings: Any) -> None:
        """url, token, inbound_url, inbound_token, duplicate_share, reorder_s, before_reply_share."""
        self.do("set_callbacks", **settings)

    def hold_callbacks(self) -> None:
        """Keep every callback back until release_callbacks."""
        self.do("hold_callbacks")

    def release_callbacks(self, *, reverse: bool = False) -> int:
        """Send what was kept back and wait for the answers; gives how many."""
        return int(self.do("release_callbacks", reverse=reverse))

    def callback_attempts(self) -> list[dict[str, Any]]:
        """Every attempt at a callback: id, status (or "inbound"), attempt, at, answer."""
        return list(self.do("callback_attempts"))

    def wait_for_callbacks(self, *, attempts: int | None = None, machine_s: float = 20.0) -> bool:
        """Wait until none is still to come, or until so many attempts were made; False when that took too long."""
        until = time.monotonic() + machine_s
        while time.monotonic() < until:
            if len(self.callback_attempts()) >= attempts if attempts else self.do("callbacks_waiting") == 0:
                return True
            time.sleep(0.005)
        return False

    def receive_text(self, source_number: str, message: str, *, times: int = 1) -> str:
        """A text comes in from a phone and is told `times` times; gives its identifier."""
        return str(self.do("receive_text", source_number=source_number, message=message, times=times))
