"""Bringing in what the inbox of the public host holds: each row once, through crashes.

The case's audit log says how far an inbox was collected; the inbox is emptied up to there afterwards. Whoever dies
between the two has counted nothing twice: the next collection begins after what the log says.
"""

from collections import Counter
from dataclasses import dataclass

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.publishing.inbox.log_rows import empty_log, read_log
from ringback.publishing.inbox.questions import Inbox
from ringback.records.db import writing

COLLECTED = "inbox_collected"
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Collected:
    """What one collection brought in.

    Attributes:
        rows: How many rows of the inbox's log.
        checks: Answered questions whether a text is genuine, by answer.
        until: Number of the last row that was collected from this inbox, ever.
    """

    rows: int
    checks: dict[str, int]
    until: int


def collect(case_file: CaseFile, inbox: Inbox, *, why: str, member: str = "") -> Collected:
    """Bring in everything that the inbox's log holds and the case has not.

    Args:
        case_file: The case.
        inbox: The inbox.
        why: Why, for the audit log.
        member: Who collects.

    Raises:
        RingbackError: `records_rolled_back`, `mark_missing`, or `inbox_of_another_time` where the inbox ends before
            what the case has collected of it.
    """
    case_file.check_newest()
    name = inbox.id
    rows, checks, until = 0, Counter[str](), 0
    while True:
        with writing(case_file.records).begin() as connection:
            until = _collected_until(case_file, name)
            if until < inbox.collected:
                raise RingbackError("inbox_of_another_time", inbox=name)
            found = read_log(inbox.engine, after=until, most=_AT_ONCE)
            if not found:
                break
            counted = Counter(f"{row.what}: {row.answer}" for row in found)
            campaigns = Counter(row.campaign for row in found if row.campaign)
            facts = {
                "inbox": name, "from": found[0].seq, "until": found[-1].seq, "rows": len(found),
                "answers": dict(sorted(counted.items())), "campaigns": dict(sorted(campaigns.items())),
                "first_at": found[0].at.isoformat(timespec="minutes"),
                "last_at": found[-1].at.isoformat(timespec="minutes"),
            }  # fmt: skip
            entry = case_file.log.add_within(connection, COLLECTED, why=why, facts=facts, who=member)
        case_file.log.note_head(entry)
        rows += len(found)
        checks.update(row.answer for row in found)
        until = found[-1].seq
        empty_log(inbox.engine, until=until)
    # What an earlier collection logged and did not come to delete.
    empty_log(inbox.engine, until=until)
    return Collected(rows, dict(sorted(checks.items())), until)


def _collected_until(case_file: CaseFile, inbox: str) -> int:
    found = case_file.log.find_last(COLLECTED, inbox=inbox)
    return int(found["until"]) if found else 0
