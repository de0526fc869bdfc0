"""Finds the columns for the direction of a call, and for the country's code of the number called."""

from collections.abc import Sequence
from dataclasses import replace

from ringback.numbers.country_codes import read_calling_code
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.scoring import Candidate, Choice, choose, percent
from ringback.sources.fields.directions import INBOUND, OUTBOUND, SURELY_INBOUND

_MOST_WORDS = 8
_A_QUESTION = 0.8
_MOST_CODES = 80


def choose_direction(columns: Sequence[Column]) -> Choice:
    """The column that says whether a call was made to an account or by it."""
    candidates = []
    inbound = 0.0
    for column in columns:
        words = {value.casefold() for value in column.counts}
        named = "direction" in column.hints
        if not 1 <= len(words) <= _MOST_WORDS or column.is_phone or not words & (INBOUND | OUTBOUND):
            continue
        # A single letter may mean anything; a word for a kind of call may be in any column.
        both = words & SURELY_INBOUND and words & (OUTBOUND - INBOUND)
        if not named and (max(map(len, words)) < 2 or not (both or words <= INBOUND | OUTBOUND) or len(words) < 2):
            continue
        one = Candidate(column)
        known = column.share(lambda value: value.casefold() in INBOUND | OUTBOUND)
        inbound = column.share(lambda value: value.casefold() in INBOUND)
        one.note(2.0 + 3.0 * known, f"{percent(known)} of the values say which way a call went")
        one.note(2.0 * column.hints.get("direction", 0.0))
        if inbound:
            one.note(1.0, f"{percent(inbound)} were calls to an account")
        if known < 0.8:
            one.note(-4.0, "but not all of its words are known")
        candidates.append(one)
    choice = choose("direction", candidates)
    if choice.best is not None and inbound > 0.5:
        choice.best.note(0.0, "but more than half would be inbound: a switch may call calls from accounts inbound")
        return replace(choice, confidence=min(choice.confidence, _A_QUESTION))
    return choice


def choose_country_code(columns: Sequence[Column], called: Column | None) -> Choice:
    """The column that holds the calling code, or the country, of the number called.

    Args:
        columns: The columns of a table that may be calls.
        called: Its column of called numbers, if one was found.
    """
    candidates = []
    for column in columns:
        if called is None or column is called or not 1 <= column.different <= _MOST_CODES:
            continue
        if {"shown", "own", "disposition", "leg"} & set(column.hints) or column.share(read_calling_code) < 0.9:
            continue
        named = "country_code" in column.hints
        if not named and not column.share(str.isalpha) and "country" not in column.name.casefold():
            continue  # small numbers may count anything
        bare, fits = _fit(column, called)
        one = Candidate(column)
        if named:
            one.note(4.0, "its name speaks of a country's calling code")
        if not bare:
            one.note(2.0 if named else -2.0, f"the numbers of {called.name} are complete without it")
        elif fits >= 0.9:
            one.note(4.0, f"with it {percent(fits)} of the numbers of {called.name} are numbers of that country")
        else:
            one.note(-6.0, f"with it only {percent(fits)} of the numbers of {called.name} are numbers")
        candidates.append(one)
    return choose("country_code", candidates)


def _fit(column: Column, called: Column) -> tuple[int, float]:
    """How many numbers are written without a country's code, and how many of these are valid with the row's code."""
    rows = [
        (number, code)
        for number, beside in zip(called.values, column.values, strict=True)
        if number and beside and not number.startswith(("+", "00")) and (code := read_calling_code(beside))
    ]
    good = sum(
        called.is_number(f"+{code}{number.lstrip('0')}") or called.is_number(f"+{number}") for number, code in rows
    )
    return len(rows), good / len(rows) if rows else 0.0
