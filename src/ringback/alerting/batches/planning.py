"""Planning: freezing a batch. It fixes who is texted, with what words, when and how fast.

Later changes to the case do not touch a planned batch, with one exception: a suppression still counts when an alert is
claimed.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ringback.alerting.batches.approval import ALERTS, PLANNED, REPLACED, seal_entry
from ringback.alerting.batches.character_check import check_letters, name_each
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.batches.translation_approvals import check_translation_approval
from ringback.alerting.model import states
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.model.references import check_digest, new_reference
from ringback.alerting.model.router import TEXT, Candidate, Route, count_routes, overrule, route
from ringback.alerting.model.windows import check_capacity
from ringback.alerting.senders.base import Sender
from ringback.alerting.suppressions import check_suppressions
from ringback.alerting.wording.templates import Wording, find_faults, render
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.masking import mask_numbers
from ringback.records.batches import (
    Batch,
    NewAlert,
    RouteRow,
    add_batch,
    alerted_numbers,
    count_alerts,
    next_batch_id,
    read_batch,
    set_state,
)
from ringback.records.db import writing
from ringback.records.staff import Transaction
from ringback.records.suppressions import suppressed_digests
from ringback.stages.rules import Rule

PACES = ("even", "fast")
FASTEST = 1000
# The placeholder for the reference in a provider's template.
PLACEHOLDER = "((reference))"
# A batch in one of these states cannot be under way.
_REPLACEABLE = (states.PLANNED, states.STOPPED, states.HALTED)


@dataclass(frozen=True, slots=True)
class Called:
    """The people called, from one run.

    Attributes:
        run: Id of the run.
        rule: The rule that says who is a victim.
        candidates: Every called number with a call that the rule asks for.
        victims: How many victims the run finds under the rule.
        outdated: Whether the case has changed since the run.
        gaps: What no exhibit says, although it decides who is a victim: key to words.
    """

    run: str
    rule: Rule
    candidates: Sequence[Candidate]
    victims: int
    outdated: bool = False
    gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the planner chose. `BatchContent` describes the other fields.

    Attributes:
        wording: The text.
        sender: Name of the sender and what it needs to know.
        windows: When texts may be sent, quiet hours taken out.
        notes: Further facts to freeze, such as the price of a segment.
    """

    wording: Wording
    sender: Mapping[str, Any]
    windows: tuple[Window, ...]
    quiet_from: str = "20:00"
    quiet_until: str = "09:00"
    time_zone: str = "Europe/London"
    pace: str = "even"
    per_second: float = 49.0
    daily_limit: int = 250_000
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A batch that was planned: its row and its content."""

    batch: Batch
    content: BatchContent


@dataclass(frozen=True, slots=True)
class _Known:
    """What the records say before a batch is made: its id, and the keyed digests of numbers it must not text."""

    batch_id: str
    suppressed: set[str]
    alerted: set[str]


def plan_batch(
    case_file: CaseFile,
    called: Called,
    choice: Choice,
    *,
    member: str,
    why: str,
    again: str = "",
    replaces: str = "",
    fit: str = "",
) -> Planned:
    """Freeze a batch: a route for every number called, and an alert for every number to text.

    Args:
        case_file: The case.
        called: The people called.
        choice: What the planner chose.
        member: Who plans, logged in and with the right to.
        why: Why, for the audit log.
        again: Why to text numbers again that already hold an alert; '' to leave them out.
        replaces: The batch that this one replaces, which can then no longer be sent; '' for none.
        fit: Why the list may be used despite gaps in who is a victim; '' for no reason given.

    Raises:
        RingbackError: `run_outdated`, `list_unfit`, `synthetic_never_sent`, `alert_wording_blocked`,
            `wording_unwritable`, `translation_unread`, `reader_is_planner`, `suppressions_altered`, `pace_bad`,
            `windows_bad`, `windows_short`, `batch_unreconciled`, `batch_unknown` or `batch_state_wrong`.
    """
    with logging_refusals(case_file, "plan", member=member):
        case_file.check_newest()
        if called.outdated:
            raise RingbackError("run_outdated", run=called.run, path=case_file.case.path)
        if called.gaps and not fit.strip():
            raise RingbackError("list_unfit", gaps="; ".join(called.gaps.values()))
        sender = open_sender(case_file, choice.sender, batch="")
        _check_choice(choice, sender)
        check_translation_approval(case_file, choice.wording, planner=member)
        check_suppressions(case_file)
        while True:
            known = _read_known(case_file, replaces)
            draft = _Draft(
                case_file,
                called,
                choice,
                known,
                sender=sender,
                again=mask_numbers(again),
                replaces=replaces,
                fit=mask_numbers(fit.strip()) if called.gaps else "",
            )
            draft.make()
            if planned := draft.save(member=member, why=why):
                return planned


def _check_choice(choice: Choice, sender: Sender) -> None:
    # Checked first, so that nobody looks for a reader of words that cannot be sent.
    check_letters(choice.wording, sender)
    if faults := find_faults(choice.wording):
        raise RingbackError("alert_wording_blocked", faults="; ".join(faults))
    there = choice.sender.get("template_body")
    if there is not None and there != render(choice.wording, PLACEHOLDER):
        differences = f"its template is not the wording, with {PLACEHOLDER} for the reference"
        if changed := sender.find_changed(str(there)):
            differences += f"; nor would {sender.name} send these of its characters as they stand: {name_each(changed)}"
        raise RingbackError("sender_differs", batch="(new)", differences=differences)
    if choice.pace not in PACES:
        raise RingbackError("pace_bad", problem=f"{choice.pace} is none of {', '.join(PACES)}")
    if not 0 < choice.per_second <= FASTEST or choice.daily_limit < 1:
        raise RingbackError("pace_bad", problem=f"say from above 0 to {FASTEST} a second, and 1 or more a day")
    if not choice.windows:
        raise RingbackError("windows_bad", problems="none is left")


def _read_known(case_file: CaseFile, replaces: str) -> _Known:
    with case_file.records.connect() as connection:
        if replaces:
            _check_replaceable(connection, replaces)
        return _Known(
            next_batch_id(connection), set(suppressed_digests(connection)), alerted_numbers(connection, but=replaces)
        )


def _check_replaceable(connection: Transaction, batch_id: str) -> None:
    old = read_batch(connection, batch_id)
    counts = count_alerts(connection, batch_id)
    under_way = counts.get(states.CLAIMED, 0) + counts.get(states.IN_DOUBT, 0)
    if old.kind != ALERTS or old.state not in _REPLACEABLE or under_way:
        state = f"{old.state}, with {under_way} texts under way" if under_way else old.state
        raise RingbackError("batch_state_wrong", batch=batch_id, kind=old.kind, state=state, what="replaced")


class _Draft:
    """A batch being made. Encrypting a large list takes seconds, so it is done before the write lock is taken."""

    def __init__(
        self,
        case_file: CaseFile,
        called: Called,
        choice: Choice,
        known: _Known,
        *,
        sender: Sender,
        again: str,
        replaces: str,
        fit: str,
    ) -> None:
        self.case_file, self.called, self.choice, self.known = case_file, called, choice, known
        self.sender, self.again, self.replaces, self.fit = sender, again, replaces, fit
        self.now = case_file.clock.now()
        self.ring = case_file.keys()

    def make(self) -> None:
        """Route every number, seal the numbers to keep, and freeze the content."""
        routed = self._route_all()
        # Ordered by keyed digest: without the key the order reveals nothing.
        routed.sort(key=lambda one: one[1])
        self.routes = [
            _route_row(self.ring, self.known.batch_id, place, digest, candidate, found)
            for place, (candidate, digest, found) in enumerate(routed, start=1)
        ]
        texted = [(candidate.called_number, digest) for candidate, digest, found in routed if found.channel == TEXT]
        self.alerts = make_alerts(self.ring, texted)
        counts = count_routes(found for _candidate, _digest, found in routed)
        choice = self.choice
        check_capacity(
            choice.windows, self.now, texts=len(texted), per_second=choice.per_second, daily_limit=choice.daily_limit
        )
        self.content = self._content(counts)

    def _route_all(self) -> list[tuple[Candidate, str, Route]]:
        routed, texts = [], 0
        for candidate in self.called.candidates:
            number = candidate.called_number
            digests = self.ring.digests(number)
            first = route(candidate, self.called.rule)
            texts += first.channel == TEXT
            if not self.known.suppressed.isdisjoint(digests):
                first = route(candidate, self.called.rule, suppressed=True)
            alerted = not self.again and not self.known.alerted.isdisjoint(digests)
            found = overrule(first, already_alerted=alerted, drama=not self.sender.takes(number))
            routed.append((candidate, digests[0], found))
        _reconcile(self.called, texts=texts, digests={digest for _candidate, digest, _found in routed})
        return routed

    def _content(self, channels: dict[str, dict[str, int]]) -> BatchContent:
        choice = self.choice
        notes = dict(choice.notes) | {"candidates": len(self.routes), "victims": self.called.victims}
        if self.again:
            notes["again"] = self.again
        if self.replaces:
            notes["replaces"] = self.replaces
        if self.fit:
            notes |= {"gaps": sorted(self.called.gaps), "fit": self.fit}
        return BatchContent(
            batch=self.known.batch_id,
            kind=ALERTS,
            case=self.case_file.case.settings.id,
            run=self.called.run,
            rule=self.called.rule.key,
            list_sha256=list_hash(one.listed for one in self.alerts),
            texts=len(self.alerts),
            channels=channels,
            wording=asdict(choice.wording),
            sender=dict(choice.sender),
            windows=choice.windows,
            quiet_from=choice.quiet_from,
            quiet_until=choice.quiet_until,
            time_zone=choice.time_zone,
            pace=choice.pace,
            per_second=choice.per_second,
            daily_limit=choice.daily_limit,
            notes=notes,
        )

    def save(self, *, member: str, why: str) -> Planned | None:
        """Write the batch and its audit entry. None if another batch was planned meanwhile: then start again."""
        log, content = self.case_file.log, self.content
        batch = Batch(
            content.batch,
            ALERTS,
            states.PLANNED,
            content.canonical(),
            content.hash,
            planned_by=member,
            planned_at=self.now,
        )
        facts = {
            "batch": batch.id, "hash": batch.hash, "list_sha256": content.list_sha256, "run": content.run,
            "rule": content.rule, "texts": content.texts, "channels": content.channels,
            "sender": content.sender.get("name"), "again": self.again, "replaces": self.replaces,
            "gaps": sorted(self.called.gaps), "fit": self.fit,
            "seal": seal_entry(self.ring, PLANNED, batch=batch.id, hash=batch.hash, planner=member),
        }  # fmt: skip
        with writing(self.case_file.records).begin() as connection:
            if next_batch_id(connection) != batch.id:
                return None
            if self.replaces:
                self._replace(connection, by=batch.id, member=member, why=why)
            add_batch(connection, batch, routed=self.routes, listed=self.alerts)
            entry = log.add_within(connection, PLANNED, why=why, facts=facts, who=member)
        log.note_head(entry)
        return Planned(batch, content)

    def _replace(self, connection: Transaction, *, by: str, member: str, why: str) -> None:
        _check_replaceable(connection, self.replaces)
        set_state(connection, self.replaces, states.FINISHED, why=f"replaced by {by}", now=self.now)
        facts = {"batch": self.replaces, "by": by}
        self.case_file.log.add_within(connection, REPLACED, why=why, facts=facts, who=member)


def _reconcile(called: Called, *, texts: int, digests: set[str]) -> None:
    """Check that every number has exactly one route, and that the numbers to text are the victims.

    Raises:
        RingbackError: `batch_unreconciled`.
    """
    if texts != called.victims:
        raise RingbackError("batch_unreconciled", what=f"{texts} texts for {called.victims} victims")
    if len(digests) != len(called.candidates):
        what = f"{len(called.candidates)} numbers in, {len(digests)} different ones routed"
        raise RingbackError("batch_unreconciled", what=what)


def _route_row(
    ring: KeyRing, batch_id: str, place: int, digest: str, candidate: Candidate, found: Route
) -> RouteRow:  # fmt: skip
    sealed = ring.seal(candidate.called_number, about=f"route:{batch_id}:{place}")
    kind, region = candidate.kind or "unknown", candidate.region or ""
    return RouteRow(place, digest, sealed, found.channel, found.reason, kind, region)


def make_alerts(ring: KeyRing, numbers: Sequence[tuple[str, str]]) -> list[NewAlert]:
    """One alert, with its own reference, for each number, in the order given.

    Args:
        ring: The case's keys.
        numbers: Pairs of E.164 number and keyed digest.
    """
    made: list[NewAlert] = []
    used: set[str] = set()
    for place, (number, digest) in enumerate(numbers, start=1):
        reference = new_reference()
        while reference in used:
            reference = new_reference()
        used.add(reference)
        provider_reference = f"rb-{secrets.token_hex(10)}"
        sealed = ring.seal(json.dumps([number, reference]), about=f"alert:{provider_reference}")
        made.append(NewAlert(place, digest, check_digest(ring, reference, number[-4:]), sealed, provider_reference))
    return made
