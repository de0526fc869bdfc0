"""Suppression lists: reading them, suppressing their numbers, undoing. An unreadable entry is reported by row only.

Suppressing errs on the safe side: a text that may mean several numbers suppresses all of them. So does undoing: it
needs a text that means one number, and undoes one source at a time.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import mask_numbers
from ringback.numbers.reader import read_number
from ringback.records.audit import AuditEntry, operating_user
from ringback.records.db import writing
from ringback.records.staff import Transaction
from ringback.records.suppressions import (
    NewSuppression,
    Suppression,
    add_suppressions,
    find_suppressions,
    list_suppressions,
    undo_suppression,
)

_COLUMN = "number"
_DELIMITERS = (",", ";", "\t", "|")
_DIGESTS_AN_ENTRY = 1000


@dataclass(frozen=True, slots=True)
class ListedNumber:
    """One row of a list: its place (from 1, header included), its text, and its own reason, if any."""

    row: int
    raw: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The result of importing a list: every row is added, known or unreadable.

    Attributes:
        rows: Count of rows that are not empty.
        added: Count of rows that suppressed a new number.
        known: Count of rows whose numbers were all suppressed already, for the same reason from the same source.
        unreadable: (row, reason) of each other row.
        ambiguous: Count of rows that may mean several numbers, all of which are suppressed; included in the counts
            above.
        numbers: Count of numbers newly suppressed.
    """

    rows: int
    added: int
    known: int
    unreadable: tuple[tuple[int, str], ...]
    ambiguous: int
    numbers: int


def decode_list(data: bytes) -> str:
    """Decode a list as a spreadsheet program writes it.

    Raises:
        RingbackError: `suppressions_unreadable`.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RingbackError("suppressions_unreadable", problem="it is no text")


def read_list(text: str) -> list[ListedNumber]:
    """The rows of a list: one number per line, or a CSV with a column `number`. Empty rows are left out.

    Raises:
        RingbackError: `suppressions_unreadable`.

    >>> [(one.row, one.reason) for one in read_list("number;reason\\n020 7946 0001;shelter\\n\\n020 7946 0002;")]
    [(2, 'shelter'), (4, '')]
    """
    lines = text.splitlines()
    header = lines[0] if lines else ""
    for delimiter in _DELIMITERS:
        names = [name.strip().strip('"').casefold() for name in header.split(delimiter)]
        if _COLUMN in names:
            return list(_read_csv(text, delimiter, names))
    return [ListedNumber(row, line.strip()) for row, line in enumerate(lines, 1) if line.strip()]


def _read_csv(text: str, delimiter: str, names: list[str]) -> Iterator[ListedNumber]:
    number = names.index(_COLUMN)
    reason = names.index("reason") if "reason" in names else None
    try:
        for row, fields in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if row > 1 and any(field.strip() for field in fields):
                why = fields[reason].strip() if reason is not None and reason < len(fields) else ""
                yield ListedNumber(row, fields[number].strip() if number < len(fields) else "", why)
    except csv.Error as error:
        raise RingbackError("suppressions_unreadable", problem=str(error)) from error


def import_list(
    case_file: CaseFile, rows: Sequence[ListedNumber], *, plan: DialPlan, reason: str, who: str = ""
) -> ImportedList:
    """Suppress every readable number of a list, in one transaction with the audit entries.

    Args:
        case_file: The case.
        rows: The list.
        plan: The case's dial plan.
        reason: The reason for rows that give none.
        who: The staff member who imports; '' for the operating system's user.

    Raises:
        RingbackError: `key_missing`.
    """
    ring = case_file.keys()
    wanted: list[tuple[int, NewSuppression]] = []
    unreadable = []
    ambiguous = 0
    for one in rows:
        reading = read_number(one.raw, plan)
        if not reading.options:
            unreadable.append((one.row, reading.reason or "empty"))
        ambiguous += reading.ambiguous
        why = mask_numbers(one.reason or reason)
        wanted += [
            (one.row, NewSuppression(tuple(ring.digests(option.e164)), why, "import")) for option in reading.options
        ]
    entry: AuditEntry | None = None
    with writing(case_file.records).begin() as connection:
        suppressed = [new for _row, new in wanted]
        outcomes = add_suppressions(connection, suppressed, by=who or operating_user(), now=case_file.clock.now())
        anew = [(row, new) for (row, new), outcome in zip(wanted, outcomes, strict=True) if outcome.new]
        entry = _log_import(case_file, connection, [new for _row, new in anew], reason=reason, who=who)
    case_file.log.note_head(entry)
    added = {row for row, _new in anew}
    return ImportedList(
        rows=len(rows),
        added=len(added),
        known=len({row for row, _new in wanted} - added),
        unreadable=tuple(unreadable),
        ambiguous=ambiguous,
        numbers=len(anew),
    )


def _log_import(
    case_file: CaseFile, connection: Transaction, anew: list[NewSuppression], *, reason: str, who: str
) -> AuditEntry:
    """Add audit entries with the new digests, a thousand in each; one entry even if nothing is new."""
    for at in range(0, max(1, len(anew)), _DIGESTS_AN_ENTRY):
        part = anew[at : at + _DIGESTS_AN_ENTRY]
        digests = [new.digests[0] for new in part]
        facts = {"source": "import", "count": len(part), "reasons": sorted({new.reason for new in part})}
        entry = case_file.log.add_within(
            connection, "numbers_suppressed", why=reason, facts=facts | {"numbers": digests}, who=who
        )
    return entry


def undo_number(
    case_file: CaseFile, raw: str, *, plan: DialPlan, why: str, who: str, source: str | None = None
) -> list[Suppression]:
    """Undo the suppressions of one number. They stay in the table, marked as undone. Returns them.

    Args:
        case_file: The case.
        raw: The number as typed.
        plan: The case's dial plan.
        why: Why, for the audit log.
        who: The staff member who undoes.
        source: Undo only those from this source; needed if there are several.

    Raises:
        RingbackError: `suppression_unclear`, `suppression_unknown`, `suppression_several`, `key_missing`.
    """
    options = read_number(raw, plan).options
    if len(options) != 1:
        raise RingbackError("suppression_unclear")
    digests = case_file.keys().digests(options[0].e164)
    why = mask_numbers(why)
    with writing(case_file.records).begin() as connection:
        active = [one for one in find_suppressions(connection, digests) if source in (None, one.source)]
        _check_one_source(active)
        now = case_file.clock.now()
        undone = undo_suppression(connection, digests, by=who, why=why, now=now, source=source)
        facts = {
            "suppressions": [one.id for one in undone],
            "numbers": sorted({one.number_digest for one in undone}),
            "sources": sorted({one.source for one in undone}),
        }
        entry = case_file.log.add_within(connection, "suppression_undone", why=why, facts=facts, who=who)
    case_file.log.note_head(entry)
    return undone


def _check_one_source(active: Collection[Suppression]) -> None:
    if not active:
        raise RingbackError("suppression_unknown")
    sources = sorted({one.source for one in active})
    if len(sources) > 1:
        raise RingbackError("suppression_several", sources=", ".join(sources))


def check_suppressions(case_file: CaseFile) -> None:
    """Check that no suppression was removed behind the audit log. An extra one is no error: it is on the safe side.

    Raises:
        RingbackError: `suppressions_altered`.
    """
    with case_file.records.connect() as connection:
        rows = list_suppressions(connection)
    if found := _in_words(_find_taken_away(rows, _read_logged(case_file.log.entries()))):
        raise RingbackError("suppressions_altered", differences="; ".join(found))


def find_suppression_differences(rows: Sequence[Suppression], entries: Sequence[AuditEntry]) -> list[str]:
    """Differences between the suppressions and the audit log, in words, without phone numbers."""
    logged = _read_logged(entries)
    added = (_count_imported(rows) - logged.imported).total()
    added += sum(row.source == "reply" and row.id not in logged.replied for row in rows)
    added += sum(row.source not in ("import", "reply") for row in rows)
    revived = sum(row.undone_at is None and row.id in logged.undone for row in rows)
    more = {
        "are in the records as the audit log does not tell": added,
        "were undone, but are active in the records": revived,
    }
    return _in_words(_find_taken_away(rows, logged) | more)


@dataclass(frozen=True, slots=True)
class _Logged:
    """Suppressions in the audit log: imported digests, digests from replies by suppression id, and ids undone."""

    imported: Counter[str]
    replied: dict[int, str]
    undone: set[int]


def _read_logged(entries: Sequence[AuditEntry]) -> _Logged:
    imported: Counter[str] = Counter()
    replied: dict[int, str] = {}
    undone: set[int] = set()
    for entry in entries:
        if entry.what == "numbers_suppressed":
            imported.update(entry.read_facts().get("numbers", []))
        elif entry.what == "suppression_undone":
            undone.update(entry.read_facts().get("suppressions", []))
        elif entry.what == "reply_taken" and (facts := entry.read_facts()).get("suppression") is not None:
            # The first reply to name a suppression made it. Later replies from the same number found it there.
            replied.setdefault(facts["suppression"], str(facts.get("number")))
    return _Logged(imported, replied, undone)


def _count_imported(rows: Sequence[Suppression]) -> Counter[str]:
    return Counter(row.number_digest for row in rows if row.source == "import")


def _find_taken_away(rows: Sequence[Suppression], logged: _Logged) -> dict[str, int]:
    kept = {row.id: row.number_digest for row in rows if row.source == "reply"}
    gone = (logged.imported - _count_imported(rows)).total()
    gone += sum(kept.get(id_) != digest for id_, digest in logged.replied.items())
    undone = sum(row.undone_at is not None and row.id not in logged.undone for row in rows)
    return {
        "are in the audit log, but not in the records": gone,
        "are undone, but the audit log does not tell by whom": undone,
    }


def _in_words(counts: dict[str, int]) -> list[str]:
    return [f"suppressions: {count:,} {words}" for words, count in counts.items() if count]
