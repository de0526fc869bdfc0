"""The content of a batch: frozen when it is planned. An approval binds to its hash."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in which texts may be sent: from `first_at` up to, not including, `until_at` (aware, UTC)."""

    first_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class BatchContent:
    """Everything that an approver approves. Two batches with the same hash hold the same texts to the same people.

    Attributes:
        batch: Its reference, such as B-001.
        kind: alerts or rehearsal.
        case: Id of the case.
        run: Id of the run whose tables the list came from; '' for a rehearsal.
        rule: name@version of the rule.
        list_sha256: `list_hash` of its alerts.
        texts: How many alerts.
        channels: How many numbers each channel and reason got, as {"text": {"reason": 3}, ...}.
        wording: Fields of `templates.Wording`.
        sender: Name of the sender and the facts that it freezes: for notify base_url, template_id, template_version,
            sms_sender_id, key_type, key_name, key_digest and shown_as.
        windows: When texts may be sent, in order, without overlap.
        quiet_from, quiet_until: Local times "20:00" and "09:00" between which nothing is sent; '' for none.
        time_zone: Whose local time that is.
        pace: "even" (spread over the windows) or "fast" (as fast as the sender's limit allows).
        per_second: Requests a second at most.
        daily_limit: Requests a UTC day at most.
    """

    batch: str
    kind: str
    case: str
    run: str
    rule: str
    list_sha256: str
    texts: int
    channels: dict[str, dict[str, int]]
    wording: dict[str, Any]
    sender: dict[str, Any]
    windows: tuple[Window, ...]
    quiet_from: str = "20:00"
    quiet_until: str = "09:00"
    time_zone: str = "Europe/London"
    pace: str = "even"
    per_second: float = 49.0
    daily_limit: int = 250_000
    notes: dict[str, Any] = field(default_factory=dict)

    def canonical(self) -> str:
        """The content as canonical JSON, the form that is stored and hashed."""
        facts = asdict(self)
        facts["windows"] = [[one.first_at.isoformat(), one.until_at.isoformat()] for one in self.windows]
        return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def from_canonical(cls, text: str) -> "BatchContent":
        """Read the content back.

        Raises:
            ValueError: The text is not the content of a batch.
        """
        facts = json.loads(text)
        try:
            windows = [Window(*(datetime.fromisoformat(moment) for moment in pair)) for pair in facts.pop("windows")]
            return cls(windows=tuple(windows), **facts)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not the content of a batch: {error}") from error


def list_hash(alerts: Iterable[tuple[int, str, str, str]]) -> str:
    """SHA-256 over a batch's alerts, in order: (place, number_digest, check_digest, provider_reference)."""
    running = hashlib.sha256()
    for alert in alerts:
        running.update(("|".join(str(part) for part in alert) + "\n").encode())
    return running.hexdigest()
