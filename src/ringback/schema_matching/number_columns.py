"""Finds the number called and the number shown. Names of columns are weak evidence, values are better.

Called numbers are mostly mobiles, and mostly different. Shown numbers repeat, and are often an organisation's. The
account's own phone is neither.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.scoring import Candidate, Choice, choose, percent

_KEPT_TO_ITSELF = 0.9
# Fewest accounts with several calls that are evidence.
_BUSY = 4
# A column with fewer points is certainly not the called number. A confidence too low to be taken without asking.
_OUT_OF_THE_QUESTION = -5.0
_A_QUESTION = 0.8


def choose_numbers(
    columns: Sequence[Column], account: Column | None, contacts: frozenset[str]
) -> tuple[Choice, Choice]:
    """The columns of the called number and of the number shown.

    Args:
        columns: The columns of a table that may be calls.
        account: Its account key, if one was found.
        contacts: The account holders' own numbers, by the account table.
    """
    phones = [column for column in columns if column.is_phone]
    # Two columns with the same numbers in two spellings are not rivals.
    same = _same_numbers(phones)
    called = [_called(column, phones, account, contacts) for column in phones]
    choice = choose("called_number", called, same=same)
    rest = [column for column in phones if column is not choice.column and not _holds_the_same(column, choice.column)]
    choice = _doubted(choice, [one for one in called if any(one.column is column for column in rest)])
    shown = [_shown(column, account, contacts, called=choice.column) for column in rest]
    return choice, choose("presentation_number", shown, same=same)


def _doubted(choice: Choice, rivals: list[Candidate]) -> Choice:
    """The choice, but to be asked where only variety tells the columns apart: people are called repeatedly, too."""
    if choice.best is None:
        return choice
    one = choice.best.column
    for rival in rivals:
        other = rival.column
        if rival.points <= _OUT_OF_THE_QUESTION or "called" in one.hints or {"shown", "own"} & set(other.hints):
            continue
        if other.phones.organisation >= 0.03 > one.phones.organisation or other.phones.withheld >= 0.005:
            continue
        if other.phones.mobile <= 0.3 and one.phones.mobile >= 0.6 and other.phones.variety <= 0.25:
            continue
        choice.best.note(0.0, f"but {other.name} could be the number that was called, too")
        return replace(choice, confidence=min(choice.confidence, _A_QUESTION))
    return choice


def describe(column: Column) -> str:
    """A column's numbers described in words."""
    phones = column.phones
    total = len(column.filled)
    parts = [f"{phones.count} of {total} sampled values read as phone numbers"]
    if phones.uk_mobile >= 0.05:
        parts.append(f"{percent(phones.uk_mobile)} of these are UK mobiles")
    elif phones.mobile >= 0.05:
        parts.append(f"{percent(phones.mobile)} are mobiles")
    parts.append(f"{phones.different} different")
    if phones.organisation > 0:
        parts.append(f"{percent(phones.organisation)} are numbers that organisations publish")
    if phones.withheld > 0:
        parts.append(f"{percent(phones.withheld)} say withheld")
    return ", ".join(parts)


def _called(column: Column, phones: list[Column], account: Column | None, contacts: frozenset[str]) -> Candidate:
    found = column.phones
    one = Candidate(column)
    one.note(0.0, describe(column))
    one.note(min(4.0, max(-2.0, (found.mobile - 0.25) * 8)))
    one.note(_variety_points(found.variety, rare=3.0, common=-3.0))
    if found.organisation >= 0.05:
        one.note(-5.0, "too many are organisations' numbers for numbers that were called")
    elif found.organisation >= 0.015:
        one.note(-1.5)
    if found.withheld >= 0.005:
        one.note(-2.0, "a number that was called is never withheld")
    _note_names(one, "called", against=("shown", "own"))
    _note_own(one, account, contacts)
    for other in phones:
        if other is not column and other.phones.organisation >= 0.05 > found.organisation:
            one.note(2.0, f"{other.name} shows organisations' numbers, this column does not")
            break
    return one


def _shown(column: Column, account: Column | None, contacts: frozenset[str], *, called: Column | None) -> Candidate:
    found = column.phones
    one = Candidate(column)
    one.note(0.0, describe(column))
    if found.organisation >= 0.05:
        one.note(5.0)
    elif found.organisation >= 0.01:
        one.note(2.0)
    one.note(_variety_points(found.variety, rare=-2.0, common=2.0))
    if found.withheld >= 0.005:
        one.note(2.0)
    if found.uk_mobile >= 0.8 and found.variety >= 0.7:
        one.note(-2.0)
    if called is not None and called.phones.variety > 2 * found.variety:
        one.note(1.0, f"it repeats itself more than {called.name}")
    _note_names(one, "shown", against=("called", "own"))
    _note_own(one, account, contacts)
    return one


def _variety_points(variety: float, *, rare: float, common: float) -> float:
    if variety >= 0.7:
        return rare
    if variety >= 0.4:
        return rare / 2
    return common if variety <= 0.15 else common / 2 if variety <= 0.25 else 0.0


def _note_names(one: Candidate, hint: str, *, against: tuple[str, ...]) -> None:
    mine = one.column.hints.get(hint, 0.0)
    other = max((one.column.hints.get(name, 0.0) for name in against), default=0.0)
    if mine > other:
        what = "a number that was called" if hint == "called" else "a number that was shown"
        one.note(2.0 * mine, f"its name speaks of {what}")
    elif other > mine:
        one.note(-1.5 * other)


def _note_own(one: Candidate, account: Column | None, contacts: frozenset[str]) -> None:
    numbers = {number for number in one.column.phones.e164 if number}
    if numbers and contacts and len(numbers & contacts) >= 0.5 * len(numbers):
        one.note(-8.0, "its numbers are the account holders' own")
    busy, alone, numbers_of_busy = _kept_to_themselves(one.column, account)
    if busy >= _BUSY and alone <= 0.5 * busy:
        one.note(1.0)
    elif busy >= _BUSY and alone >= _KEPT_TO_ITSELF * busy and numbers_of_busy >= 0.6 * busy:
        one.note(-6.0, "every account has one of its own: the caller's phone rather than a number called or shown")


def goes_with_the_account(column: Column, account: Column | None) -> bool:
    """Whether each account always has the same number in a column: its line or its branch, not a number it chose."""
    busy, alone, _numbers = _kept_to_themselves(column, account)
    return busy >= _BUSY and alone >= _KEPT_TO_ITSELF * busy


def _kept_to_themselves(column: Column, account: Column | None) -> tuple[int, int, int]:
    """How many accounts have several rows, how many of these have one number in all rows, and how many numbers."""
    by_account: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, int] = defaultdict(int)
    if account is not None and account is not column:
        for key, number in zip(account.values, column.phones.e164, strict=True):
            if key and number:
                by_account[key].add(number)
                rows[key] += 1
    several = [key for key, count in rows.items() if count >= 4]
    alone = sum(len(by_account[key]) == 1 for key in several)
    return len(several), alone, len({number for key in several for number in by_account[key]})


def _same_numbers(phones: list[Column]) -> frozenset[str]:
    same = {
        name
        for at, one in enumerate(phones)
        for other in phones[at + 1 :]
        if _holds_the_same(one, other)
        for name in (one.name, other.name)
    }
    return frozenset(same)


def _holds_the_same(one: Column, other: Column | None) -> bool:
    if other is None:
        return False
    both = [(a, b) for a, b in zip(one.phones.e164, other.phones.e164, strict=True) if a and b]
    return len(both) >= 20 and sum(a == b for a, b in both) >= 0.95 * len(both)
