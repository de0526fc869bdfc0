"""What can be recovered from the rows as written. It is derived from the known mess, never by reading the rows.

The one intricate rule is disambiguation by dialling habits. Bare digits with only one reading are evidence of how their
account types. Five different such numbers of an account, all read in the same way, decide its ambiguous ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic import calendar
from ringback.synthetic.calls import WRITTEN_WELL, Calls, Flags
from ringback.synthetic.mess import CAUSE
from ringback.synthetic.pools import (
    AMBIGUOUS,
    BARE_INTERNATIONAL,
    IS_MOBILE,
    IS_TWO,
    NOT_BARE,
    OTHER_HOW,
    OTHER_IS_MOBILE,
    OTHER_REGION,
    OWN_HOW,
    REGION,
    UNREADABLE,
    Ints,
    other_reading,
)
from ringback.synthetic.typing_styles import READABLE, Bytes, Shape

EVIDENCE_NEEDED: Final = 5


@dataclass(slots=True)
class Recovered:
    """What a careful reader can recover, one entry per call.

    Attributes:
        called: The called number, 0 where it cannot be recovered.
        region: Index into `pools.REGIONS`; ambiguous and unreadable are regions of their own.
        mobile: Whether the called number is read as a mobile.
        at: Start, seconds since 1970 UTC; meaningless where `counted` is false.
        counted: Whether the row counts as a call: it has a time, within the life of the site.
        ambiguous: Whether two readings of the called number remain.
        settled: Whether the account's habit decided between two readings.
    """

    called: Ints
    region: Bytes
    mobile: Flags
    at: Ints
    counted: Flags
    ambiguous: Flags
    settled: Flags


def _evidence(calls: Calls, how: Bytes, sure: Flags, accounts: int) -> Bytes:
    """How each account's bare digits are to be read: a way of reading, or 0 where nothing decides it."""
    rows = np.flatnonzero(sure & (how != NOT_BARE) & ~calls.account_lost)
    account, called = calls.account[rows], calls.called[rows]
    order = np.lexsort((called, account))
    account, called, ways = account[order], called[order], how[rows][order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (account[1:] != account[:-1]) | (called[1:] != called[:-1])
    numbers = np.bincount(account[new], minlength=accounts)
    lowest = np.full(accounts, 255, dtype=np.uint8)
    highest = np.zeros(accounts, dtype=np.uint8)
    np.minimum.at(lowest, account, ways)
    np.maximum.at(highest, account, ways)
    return np.where((numbers >= EVIDENCE_NEEDED) & (lowest == highest), highest, NOT_BARE).astype(np.uint8)


def recover(calls: Calls, accounts: int) -> Recovered:
    """Derive what can be recovered of every call, and note causes of ambiguity and of hours read wrongly.

    Args:
        calls: The calls with their mess; `cause` is completed in place.
        accounts: How many accounts there are.
    """
    pool, shape = calls.called_pool, calls.called_shape
    readable = READABLE[shape]
    national = shape == Shape.NATIONAL
    doubtful = readable & national & IS_TWO[pool]
    how = np.where(shape == Shape.BARE, BARE_INTERNATIONAL, np.where(national, OWN_HOW[pool], NOT_BARE))
    settles = _evidence(calls, how.astype(np.uint8), readable & ~doubtful, accounts)[calls.account]
    settles = np.where(calls.account_lost, NOT_BARE, settles)
    right = doubtful & (settles == OWN_HOW[pool])
    wrong = doubtful & (settles == OTHER_HOW[pool])
    ambiguous = doubtful & ~right & ~wrong
    called = np.where(wrong, other_reading(calls.called, pool), calls.called)
    region = np.where(wrong, OTHER_REGION[pool], REGION[pool])
    region = np.where(ambiguous, AMBIGUOUS, np.where(readable, region, UNREADABLE))
    at = calendar.as_first_pass(calls.at)
    _note(calls.cause, ambiguous, "ambiguous")
    _note(calls.cause, wrong, "settled_the_wrong_way")
    _note(calls.cause, at != calls.at, "repeated_hour")
    return Recovered(
        called=np.where(readable & ~ambiguous, called, 0),
        region=region.astype(np.uint8),
        mobile=np.where(wrong, OTHER_IS_MOBILE[pool], IS_MOBILE[pool]) & readable & ~ambiguous,
        at=at,
        counted=calls.in_life & (calls.time_written == WRITTEN_WELL),
        ambiguous=ambiguous,
        settled=right | wrong,
    )


def _note(causes: NDArray[np.uint8], rows: Flags, cause: str) -> None:
    # A lost shown number does not affect the called one. So a doubt about the called number replaces that cause.
    weaker = (causes == 0) | (causes == CAUSE["presentation_eaten"])
    causes[rows & (weaker if cause != "repeated_hour" else causes == 0)] = CAUSE[cause]
