"""Finds the talk time: the shorter of two durations, zero where nobody answered, never the ringing or the cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from ringback.schema_matching.answer_times import Answer
from ringback.schema_matching.column_profile import Column, pairs
from ringback.schema_matching.disposition_column import answered_share
from ringback.schema_matching.scoring import Candidate, Choice, Trait, choose, percent

_DAY_S = 86_400
_FEW = 20
# Longer than telephones ring, and than rounding up to whole minutes can add.
_LONGER_THAN_RINGING = 120
_ROUNDED_UP = 60
# A confidence that is too low to be taken without asking.
_A_QUESTION = 0.8
# This many rows are no accident; and points that no other evidence outweighs.
_SOME = 3
NO_TALK = -12.0


def choose_talk(
    columns: Sequence[Column], *, ending: Column | None, answer: Answer | None, silent: Sequence[bool]
) -> Choice:
    """The column of talk times.

    Args:
        columns: The columns of a table that may be calls.
        ending: Its column that says how calls ended, if one was found.
        answer: Its times of answer and end, if they were found.
        silent: For each row, whether it is certain that nobody answered.
    """
    timed = [column for column in columns if _may_be_a_time(column)]
    timestamps = [column for column in columns if column.timestamps.share >= 0.9 and not column.timestamps.date_alone]
    whole = _from_first_to_last(timestamps)
    candidates = [_talk(column, timed, timestamps, ending) for column in timed]
    for one in candidates:
        _note_too_long(one, whole)
        _note_ringing_counted(one, silent, answer)
    choice = choose("duration", candidates, same=_same(timed))
    if choice.column is not None and "ring" in choice.column.hints and "talk" not in choice.column.hints:
        # In a table without talk times, waiting times look like them.
        return replace(choice, confidence=min(choice.confidence, _A_QUESTION))
    if choice.best is not None and (doubt := choice.best.column.talk_form.doubt):
        choice.best.note(0.0, f"but {doubt}")
        return replace(choice, confidence=min(choice.confidence, _A_QUESTION))
    return choice


def _note_ringing_counted(one: Candidate, silent: Sequence[bool], answer: Answer | None) -> None:
    """A duration above zero where nobody answered includes the ringing: it is no talk time."""
    column = one.column
    unanswered = [value for value, no_answer in zip(column.seconds, silent, strict=True) if no_answer]
    known = [value for value in unanswered if value is not None]
    rung = sum(value > 0 for value in known)
    if rung >= _SOME and rung >= 0.5 * len(known):
        one.note(NO_TALK, "above nought where nobody answered: it counts the ringing too")
        return
    if answer is None:
        return
    rows = [
        (value, talked)
        for value, talked in zip(column.seconds, answer.seconds, strict=True)
        if value is not None and talked is not None
    ]
    silence = [value for value, talked in rows if talked == 0]
    if sum(value > 0 for value in silence) >= max(_SOME, 0.5 * len(silence)):
        one.note(NO_TALK, f"above nought where {answer.at.name} has no time: it counts the ringing too")
        return
    talks = [(value, talked) for value, talked in rows if talked > 0]
    if len(talks) < _SOME or answer.end is None:
        return
    if sum(abs(value - talked) <= 1.5 for value, talked in talks) >= 0.9 * len(talks):
        one.note(3.0, f"it is the time from {answer.at.name} to {answer.end.name}", Trait.FITS_TIMES)
    elif sum(value > talked + 1.5 for value, talked in talks) >= 0.5 * len(talks) and not _rounds(talks):
        one.note(NO_TALK, f"longer than the time from {answer.at.name} to {answer.end.name}: it counts the ringing too")


def _rounds(talks: Sequence[tuple[float, float]]) -> bool:
    """Whether values are talk times rounded up to a billing step: all are multiples of six seconds, or of a minute."""
    return all(value % 6 == 0 and value - talked < _ROUNDED_UP + 1 for value, talked in talks)


def _may_be_a_time(column: Column) -> bool:
    known = [one for one in column.seconds if one is not None]
    if len(known) < 3 or column.is_phone or column.timestamps.share >= 0.9 or column.has_leading_noughts:
        return False
    return column.different >= 3 and max(known) <= _DAY_S


def _talk(column: Column, timed: list[Column], timestamps: list[Column], ending: Column | None) -> Candidate:
    one = Candidate(column)
    known = [value for value in column.seconds if value is not None]
    noughts = sum(value == 0 for value in known) / len(known)
    positive = sorted(value for value in known if value > 0)
    spelled = any(":" in value for value in column.counts)
    one.note(0.0, f"{len(known)} of {len(column.values)} sampled values are talk times, {column.different} differ")
    if column.talk_form.unit != "seconds":
        one.note(2.0, f"in {column.talk_form.unit}")
    if spelled:
        one.note(3.0, "written as h:mm:ss")
    if 0.02 <= noughts <= 0.95:
        one.note(1.0, f"{percent(noughts)} are nought")
    _note_spread(one, positive)
    _note_names(one)
    _note_others(one, timed)
    _note_timestamps(one, timestamps)
    if ending is not None and (share := answered_share(ending, column)) is not None:
        one.note(
            4.0 * share,
            f"nought where {ending.name} says that nobody answered, more where somebody did",
            Trait.NOUGHT_UNANSWERED,
        )
    return one


def _note_spread(one: Candidate, positive: list[float]) -> None:
    column = one.column
    if not positive:
        one.note(-6.0)
        return
    if column.different < _FEW:
        one.note(-4.0, f"only {column.different} different values")
    fives = sum(value % 5 == 0 for value in positive) / len(positive)
    if fives >= 0.97:
        one.note(-4.0, "all values are multiples of five: planned or rounded, not measured")
    elif sum(value % 6 == 0 for value in positive) >= 0.97 * len(positive):
        one.note(-1.5, "all values are rounded to six seconds")
    elif step := _find_step(positive):
        one.note(-4.0, f"divided by {step} they leave few different remainders, like prices by the second")
    if column.talk_form.unit == "seconds" and sum(value != int(value) for value in positive) >= 0.2 * len(positive):
        one.note(-2.5, "many values are fractions, as amounts are")
    middle = positive[len(positive) // 2]
    if middle > 7_200:
        one.note(-4.0, "too long for talk times")
    if middle < 2:
        one.note(-2.0)
    whole = column.whole
    if whole and column.is_unique:
        one.note(-5.0, "no two values are the same: a row number or an identifier")
    if whole:
        rising = sum(a <= b for a, b in pairwise(whole)) / max(1, len(whole) - 1)
        if rising > 0.95:
            one.note(-5.0, "it only ever grows")


def _find_step(positive: list[float]) -> int | None:
    """A divisor that leaves few of its possible remainders for nearly all values; measured values leave all of them."""
    middle = positive[len(positive) // 2]
    for step in range(3, int(min(60, len(positive) / 4, middle / 2)) + 1):
        remainders = Counter(value % step for value in positive).most_common(int(0.7 * step))
        if sum(count for _remainder, count in remainders) >= 0.97 * len(positive):
            return step
    return None


def _note_names(one: Candidate) -> None:
    hints = one.column.hints
    if "money" in hints:
        one.note(-3.0 * hints["money"], "its name speaks of money")
    elif "ring" in hints:
        one.note(-2.0 * hints["ring"], "its name speaks of ringing or waiting", Trait.RINGING)
    elif "talk" in hints:
        one.note(2.0 * hints["talk"], "its name speaks of talk time")
    elif "length" in hints:
        one.note(1.0 * hints["length"], "its name speaks of a duration")
    if {"other_key", "account", "call_id"} & set(hints) and not {"talk", "length"} & set(hints):
        one.note(-3.0)


def _note_others(one: Candidate, timed: list[Column]) -> None:
    """Compare with every other column of durations: the shorter of two is the talk time, the difference is ringing."""
    for other in timed:
        both = pairs(one.column.seconds, other.seconds)
        if other is one.column or len(both) < 20 or "money" in other.hints:
            continue
        below = sum(a <= b for a, b in both) / len(both)
        above = sum(a >= b for a, b in both) / len(both)
        different = sum(a != b for a, b in both) / len(both)
        if different < 0.2 or not _alike(both) or _goes_by_the_second(both):
            continue
        if _is_rounding(both) and _rise_together(both):
            if below >= 0.98:
                one.note(1.5, f"finer than {other.name}, which is rounded up")
            elif above >= 0.98:
                one.note(-1.0, f"rounded up from {other.name}")
        elif below >= 0.98:
            one.note(3.0, f"never longer than {other.name}", Trait.SHORTER)
        elif above >= 0.98:
            one.note(-3.0, f"never shorter than {other.name}: it counts the ringing too", Trait.RINGING)
    for total in timed:
        for other in timed:
            if len({id(total), id(other), id(one.column)}) == 3 and _adds_up(one.column, other, total):
                _note_ringing(one, other, total)
                return


def _note_ringing(one: Candidate, other: Column, total: Column) -> None:
    mine = [value for value in one.column.seconds if value is not None]
    theirs = [value for value in other.seconds if value is not None]
    if max(mine) < 0.5 * max(theirs):
        reason = f"with {other.name} it makes up {total.name}, and it is the shorter part: the ringing"
        one.note(-5.0, reason, Trait.PART, Trait.RINGING)
    else:
        one.note(2.0, f"with {other.name} it makes up {total.name}", Trait.PART)


def _alike(both: list[tuple[float, float]]) -> bool:
    """Whether two columns measure the same calls: their difference is ringing or rounding."""
    apart = sorted(abs(a - b) for a, b in both)
    longer = sorted(max(a, b) for a, b in both)
    long_calls = [(a, b) for a, b in both if max(a, b) >= longer[int(0.8 * len(longer))] > 0]
    near = sum(abs(a - b) <= 0.6 * max(a, b) for a, b in long_calls)
    return apart[len(apart) // 2] <= 120 and near >= 0.7 * len(long_calls)


def _goes_by_the_second(both: list[tuple[float, float]]) -> bool:
    """Whether one of two columns is the other times a fixed factor: a price, not a call with its ringing."""
    long_calls = sorted(a / b for a, b in both if a >= 30 and b >= 30)
    if len(long_calls) < _FEW:
        return False
    low, middle, high = (long_calls[int(share * len(long_calls))] for share in (0.05, 0.5, 0.95))
    return high - low <= 0.05 * middle and abs(middle - 1) > 0.02


def _adds_up(one: Column, other: Column, total: Column) -> bool:
    rows = [
        (a, b, c)
        for a, b, c in zip(one.seconds, other.seconds, total.seconds, strict=True)
        if a is not None and b is not None and c is not None
    ]
    if sum(abs(a + b - c) <= 1 for a, b, c in rows[:40]) < 0.8 * len(rows[:40]):
        return False
    busy = [row for row in rows if row[0] and row[1]]
    return len(busy) >= 20 and sum(abs(a + b - c) <= 1 for a, b, c in rows) >= 0.95 * len(rows)


def _note_timestamps(one: Candidate, timestamps: list[Column]) -> None:
    """Compare with the times: from start to end is the whole call, from answer to end the talk time."""
    for early in timestamps:
        for late in timestamps:
            rows = [
                (value, end - begin)
                for value, begin, end in zip(one.column.seconds, early.timestamps.at, late.timestamps.at, strict=True)
                if value is not None and begin is not None and end is not None and end >= begin
            ]
            long_rows = [(value, between) for value, between in rows if between >= 5]
            if early is late or len(long_rows) < 20:
                continue
            if sum(abs(value - between) <= 1.5 for value, between in long_rows) >= 0.9 * len(long_rows):
                one.note(3.0, f"it is the time from {early.name} to {late.name}", Trait.FITS_TIMES)
                return
            within = sum(value <= between + 1.5 for value, between in rows) / len(rows)
            if within >= 0.98 and _alike(long_rows):
                reason = f"it fits into the time from {early.name} to {late.name}, but for the ringing"
                one.note(3.0, reason, Trait.FITS_TIMES, Trait.RINGING)
                return


def _from_first_to_last(timestamps: list[Column]) -> tuple[Column, Column] | None:
    """The two times furthest apart that every row has; None if they are no further apart than ringing lasts."""
    full = [
        column
        for column in timestamps
        if sum(at is not None for at in column.timestamps.at) >= 0.95 * len(column.values)
    ]
    best, longest = None, float(_LONGER_THAN_RINGING)
    for one, other in combinations(full, 2):
        between = [b - a for a, b in pairs(one.timestamps.at, other.timestamps.at)]
        for early, late, apart in ((one, other, between), (other, one, [-value for value in between])):
            long = sorted(apart)[int(0.9 * len(apart))] if len(apart) >= _FEW else 0.0
            if long > longest and sum(value >= 0 for value in apart) >= 0.98 * len(apart):
                best, longest = (early, late), long
    return best


def _note_too_long(one: Candidate, whole: tuple[Column, Column] | None) -> None:
    """Count against a column that it exceeds the whole time of the calls: talk time cannot, prices and weights can."""
    if whole is None:
        return
    early, late = whole
    rows = [
        (value, end - begin)
        for value, begin, end in zip(one.column.seconds, early.timestamps.at, late.timestamps.at, strict=True)
        if value and begin is not None and end is not None
    ]
    too_long = sum(value > between + _ROUNDED_UP for value, between in rows)
    if len(rows) >= _FEW and too_long >= 0.05 * len(rows):
        one.note(-6.0, f"{percent(too_long / len(rows))} are longer than the time from {early.name} to {late.name}")


def _same(timed: list[Column]) -> frozenset[str]:
    """Names of columns that hold the same durations, rounded or not: any of them is the talk time."""
    names = set()
    for at, one in enumerate(timed):
        for other in timed[at + 1 :]:
            both = pairs(one.seconds, other.seconds)
            if len(both) < 20 or one.different < _FEW or other.different < _FEW:
                continue
            # A column in milliseconds holds the same durations, only finer.
            apart = 1.0 if one.talk_form.unit != other.talk_form.unit else 0.0
            equal = sum(abs(a - b) <= apart for a, b in both) >= 0.97 * len(both)
            if equal or (_is_rounding(both) and _rise_together(both)):
                names |= {one.name, other.name}
    return frozenset(names)


def _is_rounding(both: list[tuple[float, float]]) -> bool:
    """Whether one of two durations is the other rounded up to a billing step: never zero where the other is not."""
    up = sum(a <= b for a, b in both) in (0, len(both)) or sum(a >= b for a, b in both) in (0, len(both))
    return up and all(abs(a - b) < 60 and (a == 0) == (b == 0) for a, b in both)


def _rise_together(both: list[tuple[float, float]]) -> bool:
    """Whether the longer of two durations has fewer distinct values: rounding makes values equal, ringing does not."""
    return len({max(pair) for pair in both}) < 0.7 * len({min(pair) for pair in both})
