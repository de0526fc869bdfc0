"""Reports that are likely the same one told twice. They are shown with reasons; only a person decides, pair by pair."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.masking import mask_numbers
from ringback.records.db import writing
from ringback.records.report_decisions import (
    DIFFERENT,
    DUPLICATE,
    SAME,
    Decision,
    add_decision,
    latest,
    list_decisions,
)
from ringback.records.report_losses import Losses, losses_by_report
from ringback.records.reports import Report, get_report, list_reports, set_groups
from ringback.victim_reports.content import ReportContent
from ringback.victim_reports.reasons import check_why
from ringback.victim_reports.sealing import open_content

LOOKED_FOR, DECIDED = "report_duplicates_shown", "report_duplicate_decided"
# Calls of one report told twice are remembered within so many days of each other.
DAYS_APART = 7
# More than this many reports with one number or contact is no pair told twice: a switchboard, or a helper who reports
# for many. They are compared with their neighbours in order of arrival.
_MOST_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two reports that may be one, the earlier one first, and why, in words."""

    first: str
    second: str
    reasons: tuple[str, ...]


def find_pairs(case_file: CaseFile, *, member: str, why: str) -> list[LikelyPair]:
    """All pairs of which nobody has decided yet. Reports are opened for it, and that is logged.

    Raises:
        RingbackError: `why_missing`, `key_missing` or `sealed_unreadable`.
    """
    check_why(why)
    with case_file.records.connect() as connection:
        found = {one.id: one for one in list_reports(connection) if one.erased_at is None}
        losses = losses_by_report(connection)
        decided = set(_words(list_decisions(connection, what=DUPLICATE)))
    comparing = _Comparing(found, losses, case_file.keys())
    pairs = []
    for pair in sorted(_candidates(found.values()), key=lambda ids: (found[ids[0]].place, found[ids[1]].place)):
        if pair not in decided and (reasons := comparing.reasons(*pair)):
            pairs.append(LikelyPair(*pair, tuple(reasons)))
    facts = {"pairs": len(pairs), "opened": sorted(comparing.opened)}
    case_file.log.add(LOOKED_FOR, why=why, facts=facts, who=member)
    return pairs


def decide(case_file: CaseFile, one: str, other: str, *, same: bool, member: str, why: str) -> dict[str, str | None]:
    """Note that two reports are the same, or are not. Nothing of either is changed but the group.

    Returns:
        Each report whose group changed, and its group: the earliest of all reports that are the same; None for none.

    Raises:
        RingbackError: `report_missing`, `report_same_twice`, `why_missing`, or `report_duplicates_contradict` if they
            are the same through another report.
    """
    check_why(why)
    now = case_file.clock.now()
    with writing(case_file.records).begin() as connection:
        rows = sorted((get_report(connection, id_) for id_ in (one, other)), key=lambda row: row.place)
        first, second = rows
        if first.id == second.id:
            raise RingbackError("report_same_twice", report=first.id)
        word = SAME if same else DIFFERENT
        decisions = list_decisions(connection, what=DUPLICATE)
        decision = Decision(first.id, DUPLICATE, second.id, "", word, member, now, mask_numbers(why))
        groups = _groups(_words([*decisions, decision]))
        if not same and groups.get(first.id) is not None and groups.get(first.id) == groups.get(second.id):
            raise RingbackError("report_duplicates_contradict", first=first.id, second=second.id)
        add_decision(connection, decision)
        changed = {
            row.id: groups.get(row.id) for row in list_reports(connection) if row.duplicate_group != groups.get(row.id)
        }
        set_groups(connection, changed)
        facts = {"first": first.id, "second": second.id, "decided": word}
        entry = case_file.log.add_within(connection, DECIDED, why=why, facts=facts, who=member)
    case_file.log.note_head(entry)
    return changed


def _words(decisions: Iterable[Decision]) -> dict[tuple[str, str], str]:
    """The last word on each pair."""
    return {(report, about): one.decision for (report, _what, about), one in latest(decisions).items()}


def _groups(words: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Report to the earliest report that is the same, over all pairs that are."""
    group: dict[str, str] = {}

    def find(report: str) -> str:
        while group[report] != report:
            report = group[report]
        return report

    for (first, second), word in words.items():
        if word == SAME:
            one, other = sorted(
                (find(group.setdefault(first, first)), find(group.setdefault(second, second))), key=_place
            )
            group[other] = one
    return {report: find(report) for report in group}


def _place(report: str) -> int:
    return int(report.removeprefix("R-"))


def _candidates(found: Iterable[Report]) -> set[tuple[str, str]]:
    """Pairs that share a digest, the earlier one first."""
    sharing: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for one in found:
        for name in ("number_digest", "contact_digest", "content_digest", "centre_digest"):
            if digest := getattr(one, name):
                sharing[name, digest].append(one)
    pairs: set[tuple[str, str]] = set()
    for many in sharing.values():
        if len(many) <= _MOST_TOGETHER:
            pairs |= {(one.id, other.id) for one, other in combinations(many, 2)}
        else:
            pairs |= {(one.id, other.id) for one, other in pairwise(many)}
    return pairs


class _Comparing:
    """Compares reports, and opens each at most once."""

    def __init__(self, found: Mapping[str, Report], losses: Mapping[str, Losses], keys: KeyRing) -> None:
        self._found, self._losses, self._keys = found, losses, keys
        self.opened: dict[str, ReportContent] = {}

    def reasons(self, first: str, second: str) -> Sequence[str]:
        """Why two reports may be one, in words; none if nothing but the number is the same."""
        one, other = self._found[first], self._found[second]
        reasons = []
        if one.content_digest and one.content_digest == other.content_digest:
            reasons.append("two imported rows say the same, word for word")
        if one.centre_digest and one.centre_digest == other.centre_digest:
            reasons.append("another centre has both under the same number")
        if one.contact_digest and one.contact_digest == other.contact_digest:
            reasons.append("the reporter gave the same phone number or e-mail address")
        if one.number_digest and one.number_digest == other.number_digest:
            money = self._same_loss(first, second)
            days = self._days_apart(first, second)
            if money and days is not None and days <= DAYS_APART:
                when = "on the same day" if not days else f"{days} {'day' if days == 1 else 'days'} apart"
                reasons.append(f"the same number was called {when}, and {money}")
        return reasons

    def _same_loss(self, first: str, second: str) -> str:
        one, other = (self._losses.get(id_, Losses()).reported for id_ in (first, second))
        if one is None and other is None:
            return "neither tells of a loss"
        return "the same loss is reported" if one == other else ""

    def _days_apart(self, first: str, second: str) -> int | None:
        one, other = self._open(first).called_on, self._open(second).called_on
        if one is None or other is None:
            # Without a day of the call, the days on which they came in say as much.
            apart = abs(self._found[first].received_at - self._found[second].received_at)
            return apart // timedelta(days=1)
        return abs((one - other).days)

    def _open(self, report: str) -> ReportContent:
        if report not in self.opened:
            row = self._found[report]
            self.opened[report] = open_content(row.sealed, row.key_sealed, self._keys, report=report)
        return self.opened[report]
