"""What can go wrong on the way, by chance or for the next request."""

import random
from dataclasses import dataclass, replace
from typing import Any

BEFORE = frozenset({"drop_before", "reset_before", "stall_before", "error_5xx_before", "html_403", "rate_storm"})
INSIDE = frozenset({"error_5xx_without_row", "late_commit", "template_changed", "refuse"})
AFTER = frozenset(
    {
        "drop_after",
        "reset_after",
        "stall_after",
        "truncated_body",
        "truncated_json",
        "error_5xx_with_row",
        "wrong_reference",
    }
)
KINDS = {
    "POST": BEFORE | INSIDE | AFTER,
    "GET": frozenset({"drop", "reset", "stall", "html_403", "error_5xx", "truncated_body", "truncated_json"}),
}
_GATEWAY_STATUSES = (500, 502, 503, 504)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: One of KINDS.
        seconds: How long it takes, on the stand-in's clock; None for the plan's own.
        hold: Of a late commit: hold the connection past the client's time-out instead of dropping it at once.
        status: Of a 5xx: which one; None for any.
        body: Of a changed template: its new text; None for the old one with a word added.
        outage: Whether it is part of an outage rather than of this plan.
    """

    kind: str
    seconds: float | None = None
    hold: bool | None = None
    status: int | None = None
    body: str | None = None
    outage: bool = False

    @classmethod
    def read(cls, value: "Fault | str | dict[str, Any]") -> "Fault":
        """A fault out of its name, or out of parsed JSON."""
        if isinstance(value, Fault):
            return value
        return cls(value) if isinstance(value, str) else cls(**value)


@dataclass
class Durations:
    """Seconds on the stand-in's clock.

    Attributes:
        stall_s: How long a stalled reply takes; the client gives up after 30.
        late_commit_s: The latest that a late row appears; it is any time up to that.
        storm_s: How long a storm of 429s lasts.
        refuse_s: How long new connections are refused.
    """

    stall_s: float = 35.0
    late_commit_s: float = 90.0
    storm_s: float = 10.0
    refuse_s: float = 5.0


class FaultPlan:
    """Draws the fault for each request: first what is scripted, then by chance.

    Args:
        random_source: Seeded, so that a run can be had again.
    """

    def __init__(self, random_source: random.Random) -> None:
        self._random = random_source
        self.durations = Durations()
        self.hold_share = 0.5
        self._chances: dict[str, dict[str, float]] = {"POST": {}, "GET": {}}
        self._scripted: dict[str, list[tuple[str | None, Fault]]] = {"POST": [], "GET": []}

    def set_chances(self, method: str, chances: dict[str, float]) -> None:
        """Replace the chances for one method: kind -> share of requests, one at most in all.

        Raises:
            ValueError: An unknown kind, or shares that cannot be.
        """
        for kind in chances:
            _check_kind(method, kind)
        if min(chances.values(), default=0) < 0 or sum(chances.values()) > 1 + 1e-9:
            raise ValueError("the shares of the faults must be nought or more, and one at most together")
        self._chances[method] = dict(chances)

    def script(self, method: str, fault: Fault, *, reference: str | None = None) -> None:
        """The next request of that method gets this fault; with a reference, the next one that carries it."""
        _check_kind(method, fault.kind)
        self._scripted[method].append((reference, fault))

    def give_back(self, method: str, fault: Fault, *, reference: str | None) -> None:
        """A request was refused before its fault could happen: the next one gets it, so that no script is lost."""
        self._scripted[method].insert(0, (reference, fault))

    def clear(self) -> None:
        """Nothing goes wrong from now on."""
        for method in KINDS:
            self._chances[method] = {}
            self._scripted[method] = []

    def draw(self, method: str, reference: str | None) -> Fault | None:
        """The fault for this request, with its times settled; None for none."""
        fault = self._next_scripted(method, reference) or self._by_chance(method)
        return None if fault is None else self._settle(fault)

    def _next_scripted(self, method: str, reference: str | None) -> Fault | None:
        scripted = self._scripted[method]
        for position, (wanted, fault) in enumerate(scripted):
            if wanted is None or wanted == reference:
                del scripted[position]
                return fault
        return None

    def _by_chance(self, method: str) -> Fault | None:
        chances = self._chances[method]
        if not chances:
            return None
        drawn = self._random.random()
        for kind, share in chances.items():
            drawn -= share
            if drawn < 0:
                return Fault(kind)
        return None

    def _settle(self, fault: Fault) -> Fault:
        settled = fault
        if fault.seconds is None:
            settled = replace(settled, seconds=self._seconds(fault.kind))
        if fault.hold is None:
            settled = replace(settled, hold=self._random.random() < self.hold_share)
        if fault.status is None:
            settled = replace(settled, status=self._random.choice(_GATEWAY_STATUSES))
        return settled

    def _seconds(self, kind: str) -> float:
        if kind == "late_commit":
            return self._random.uniform(0.0, self.durations.late_commit_s)
        if kind.startswith("stall"):
            return self.durations.stall_s
        return {"rate_storm": self.durations.storm_s, "refuse": self.durations.refuse_s}.get(kind, 0.0)


def _check_kind(method: str, kind: str) -> None:
    if kind not in KINDS[method]:
        raise ValueError(f"no fault {kind!r} for {method}; there are: {', '.join(sorted(KINDS[method]))}")
