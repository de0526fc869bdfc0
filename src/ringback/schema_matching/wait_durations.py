"""Recognises durations of waiting, for a receipt, a reply or a visit, which are no talk times."""

from collections.abc import Sequence

from ringback.schema_matching.column_profile import Column

_FEWEST = 20


def find_wait(start: Column | None, talk: Column, columns: Sequence[Column]) -> str:
    """Why a duration seems to be a wait, in words; '' where nothing shows that.

    An unanswered call has an end too, and an answered one rang before. A wait is counted from the start, and has no end
    until the awaited event comes.

    Args:
        start: The column of the start.
        talk: The column of the durations.
        columns: All columns of the table.
    """
    if start is None:
        return ""
    for late in columns:
        if late is start or late.timestamps.share < 0.9 or late.timestamps.date_alone:
            continue
        rows = [
            (value, None if end is None else end - begin)
            for value, begin, end in zip(talk.seconds, start.timestamps.at, late.timestamps.at, strict=True)
            if value is not None and begin is not None
        ]
        nothing = [between for value, between in rows if value == 0]
        something = [(value, between) for value, between in rows if value > 0]
        if len(nothing) < 5 or len(something) < _FEWEST:
            continue
        never = sum(between is None for between in nothing)
        exact = sum(between is not None and abs(value - between) <= 1.5 for value, between in something)
        if never >= 0.9 * len(nothing) and exact >= 0.9 * len(something):
            return f"{talk.name} counts from {start.name}, and {late.name} is missing where it is nought: a wait"
    return ""
