"""Finds the column that names the account of a call, and the table of accounts that it refers to."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringback.schema_matching import value_patterns
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.number_columns import describe
from ringback.schema_matching.quarantine import Secret
from ringback.schema_matching.scoring import Candidate, Choice, certainty, choose, percent
from ringback.schema_matching.table_profile import Join, SeizedTable

# Keys that begin below this are small numbers, which durations and counts have too.
_SMALL = 5


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The account key of a table, and the table of accounts that it refers to, if any."""

    choice: Choice
    join: Join | None


def choose_account(table: SeizedTable, *, only: SeizedTable | None = None) -> AccountKey:
    """The column of a table that says which account a row belongs to.

    Args:
        table: A table of calls or payments.
        only: The table of accounts, if it is known: joins with other tables are then ignored.
    """
    joins: dict[int, Join] = {}
    candidates = []
    for column in table.columns:
        if not column.filled or column.is_blob or column.is_text or column.timestamps.share >= 0.9:
            continue
        one = Candidate(column)
        _note_column(one)
        best: tuple[float, list[str], Join] | None = None
        for join in table.joins_of(column):
            if only is not None and join.table is not only:
                continue
            points, reasons = _join_points(join)
            if best is None or points > best[0]:
                best = (points, reasons, join)
        if best is not None and best[0] > 0:
            one.note(best[0])
            one.reasons += best[1]
            joins[id(column)] = best[2]
        elif not column.hints.get("account"):
            continue
        candidates.append(one)
    same = _same(candidates)
    keys = [one for one in candidates if one.column.name in same and not one.column.is_phone]
    for one in candidates:
        if keys and one.column.name in same and one.column.is_phone:
            one.note(-6.0, f"the holder's phone: {keys[0].column.name} distinguishes the same accounts")
    choice = choose("account", candidates, same=same)
    return AccountKey(choice, joins.get(id(choice.column)) if choice.column else None)


def account_likeness(table: SeizedTable) -> tuple[float, list[str]]:
    """Points for a table being the accounts, and why."""
    points, reasons = -1.0, []
    if "accounts" in table.hints:
        points += 1.5 * table.hints["accounts"]
        reasons.append("the table's name speaks of accounts")
    if any(column.share(value_patterns.EMAIL.fullmatch) >= 0.5 for column in table.columns):
        points += 2.5
        reasons.append("it holds e-mail addresses")
    if {Secret.NAMED, Secret.PASSWORD} & set(table.quarantined.values()):
        points += 2.0
        reasons.append("it holds passwords or other secrets (not looked at)")
    if any(column.is_phone for column in table.columns):
        points += 1.0
    if any(column.timestamps.share >= 0.9 for column in table.columns):
        points += 0.5
    if "calls" in table.hints or "not_calls" in table.hints:
        points -= 3.0
    if any(column.hints.get("other_key") and column.is_unique for column in table.columns):
        points -= 2.0
    return points, reasons


def choose_account_fields(key: Column, table: SeizedTable, called: frozenset[str]) -> list[Choice]:
    """The optional fields of an account table: when the account was opened, and the holder's own phone.

    Args:
        key: The account's key.
        table: The table of accounts.
        called: Numbers that were called: a column of those is not the holder's own phone.
    """
    others = [column for column in table.columns if column is not key]
    times = [column for column in others if column.timestamps.share >= 0.9 and not column.timestamps.date_alone]
    return [
        choose("created_at", [_created(one, times) for one in times]),
        choose("contact_number", [_contact(one, called) for one in others if one.is_phone]),
    ]


def _note_column(one: Candidate) -> None:
    column = one.column
    rows = len(column.filled)
    if "account" in column.hints:
        one.note(2.0 * column.hints["account"], "its name speaks of an account")
    if "other_key" in column.hints:
        one.note(-3.0, "its name speaks of something else than an account")
    for hint in ("called", "shown", "talk", "length", "ring", "money", "call_id", "disposition"):
        if hint in column.hints and "account" not in column.hints:
            one.note(-2.0)
            break
    if column.is_phone:
        one.note(-2.0)
    if column.different <= 1:
        one.note(-8.0, "it is the same in every row")
    elif column.variety > 0.9 and rows > 30:
        one.note(-6.0, "nearly every row has another value")
    elif column.different <= 3:
        one.note(-2.0, f"only {column.different} different values")
    if column.fill < 0.5:
        one.note(-3.0, f"only {percent(column.fill)} of the rows have a value")


def _join_points(join: Join) -> tuple[float, list[str]]:
    """Points for a column being the account key because of a join, and why."""
    points = 4.0 if join.share >= 0.97 else 3.0 if join.share >= 0.9 else 1.0
    reasons = [
        f"{percent(join.share)} of its {join.column.different} values are in {join.table.name}.{join.key.name},"
        " which is different in every row"
    ]
    if join.key.whole is None:
        points += 1.5
    elif join.reach < 0.4:
        points -= 4.0
        reasons.append(f"but they span only {percent(join.reach)} of the range of the keys there")
    elif join.column.different <= 5:
        points -= 2.0
    elif min(join.key.whole) <= _SMALL and "account" not in join.column.hints:
        points -= 2.0
        reasons.append("but keys that count from one fit by chance")
    likeness, why = account_likeness(join.table)
    points += max(-5.0, min(5.0, likeness))
    if likeness < 0.5:
        points -= 2.0
    # Small tables of plans, trunks or servers are referred to as well.
    if join.table.sample.seen < 4:
        points -= 3.0
    return points, reasons + why


def accounts_confidence(join: Join, account: Choice) -> float:
    """How sure it is that the table that a key refers to is the table of accounts."""
    likeness, _reasons = account_likeness(join.table)
    return round(min(account.confidence, certainty(likeness + (4.0 if join.share >= 0.9 else 1.0))), 3)


def _created(column: Column, times: Sequence[Column]) -> Candidate:
    one = Candidate(column)
    if len(times) == 1:
        one.note(2.5, "the table has no other time")
    one.note(1.0, f"{percent(column.fill)} of the rows have a time")
    one.note(2.5 * column.hints.get("created", column.hints.get("start", 0.0) / 2), "")
    if "later" in column.hints or "end" in column.hints:
        one.note(-3.0)
    if column.fill < 0.9:
        one.note(-2.0)
    if column.timestamps.doubtful:
        one.note(-5.0, "day and month could be the other way round")
    return one


def _contact(column: Column, called: frozenset[str]) -> Candidate:
    one = Candidate(column)
    found = column.phones
    one.note(2.0, describe(column))
    if found.variety >= 0.9:
        one.note(2.0)
    elif found.variety < 0.5:
        one.note(-4.0, "the same numbers come back")
    one.note(1.0 * column.hints.get("contact", column.hints.get("own", 0.0)))
    if "shown" in column.hints or "called" in column.hints:
        one.note(-2.5, "its name speaks of numbers called or shown")
    if found.organisation >= 0.03:
        one.note(-5.0, "they are organisations' numbers, which are shown and not the holder's own")
    numbers = {number for number in found.e164 if number}
    if numbers and len(numbers & called) >= 0.3 * len(numbers):
        one.note(-6.0, "many of them were called: perhaps not the holder's own")
    return one


def _same(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Names of columns that distinguish the same accounts, such as an identifier and a login."""
    names = set()
    for at, one in enumerate(candidates):
        for other in candidates[at + 1 :]:
            together = {(a, b) for a, b in zip(one.column.values, other.column.values, strict=True) if a and b}
            ones, others = {a for a, _b in together}, {b for _a, b in together}
            if len(ones) > 3 and len(together) <= 1.02 * len(ones) and len(together) <= 1.02 * len(others):
                names |= {one.column.name, other.column.name}
    return frozenset(names)
