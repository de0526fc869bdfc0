"""The rows of the calls file: every call, its repetitions, and the first legs of calls that the site set up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.schemas import SYNTHETIC_MARK
from ringback.synthetic import calendar
from ringback.synthetic.calls import (
    DISPOSITIONS,
    LEG_A,
    LEG_B,
    WRITTEN_1970,
    WRITTEN_NULL,
    WRITTEN_WELL,
    WRITTEN_ZEROS,
    Calls,
    Flags,
)
from ringback.synthetic.pools import COUNTRY_CODE, Ints
from ringback.synthetic.population import Population
from ringback.synthetic.typing_styles import Dress, Shape, write_numbers

AS_IT_IS, REPEATED, REPEATED_OTHERWISE, FIRST_LEG = range(4)
CHUNK_ROWS: Final = 50_000
# Lone surrogates stand for bytes of Windows-1252 in a file that is otherwise UTF-8.
NOTES: Final = (
    None,
    'said "call me back", did not',
    "mark asked for a ref, gave 4471, all good",
    "line one\nline two",
    "O'Brien\\savings\\new",
    "\U0001f4b0\U0001f525 good one",
    "Müller, Zürich",
    "caf\udce9 owner, wary",
    "\udc93security team\udc94 script \udc96 worked",
    "r\udce9pondeur",
    "tab\there; semicolon; 100%_done",
    "carriage\r\nreturn",
    "'); DROP TABLE calls; --",
    "NULL",
    " ",
)
_LEGS: Final = (None, "a", "b")


@dataclass(slots=True)
class Rows:
    """One entry per row of the calls file, in file order.

    Attributes:
        call: Index of the call.
        kind: `AS_IT_IS`, `REPEATED`, `REPEATED_OTHERWISE` (the number in another form) or `FIRST_LEG`.
        note: Per call, index into `NOTES`.
        code: Per call, the digits that the person called typed in, 0 for none.
    """

    call: NDArray[np.int32]
    kind: NDArray[np.uint8]
    note: NDArray[np.uint8]
    code: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.call)

    def chunks(self) -> Iterator[slice]:
        """Slices of rows that are written together."""
        for start in range(0, len(self), CHUNK_ROWS):
            yield slice(start, min(start + CHUNK_ROWS, len(self)))


def make_rows(rng: np.random.Generator, calls: Calls, untouched: Flags) -> Rows:
    """Lay out the calls file: calls in order of time, first legs before their calls, repetitions after.

    Args:
        rng: Source of chance.
        calls: The calls, sorted by time, with their mess.
        untouched: Calls that no mess has touched; only these get repeated in another form.
    """
    total = len(calls)
    both = (calls.leg == LEG_B) & ~calls.account_lost & (calls.time_written == WRITTEN_WELL)
    legs = np.flatnonzero(both & (rng.random(total) < 0.8))
    again = rng.choice(total, size=max(3, total // 250), replace=False)
    prefixed = np.flatnonzero(untouched & (calls.called_shape <= Shape.TRUNK))
    otherwise = rng.choice(prefixed, size=min(len(prefixed), max(3, total // 1_000)), replace=False)
    parts = [
        (legs, FIRST_LEG),
        (np.arange(total), AS_IT_IS),
        (again, REPEATED),
        (otherwise, REPEATED_OTHERWISE),
    ]
    call = np.concatenate([part for part, _ in parts]).astype(np.int32)
    kind = np.repeat(np.array([kind for _, kind in parts], dtype=np.uint8), [len(part) for part, _ in parts])
    # Half of the repetitions follow at once (a retried insert), half come with a later restore of a backup.
    late = (kind == REPEATED) | (kind == REPEATED_OTHERWISE)
    late &= rng.random(len(call)) < 0.5
    delay = np.where(late, rng.integers(1, 5 * calendar.DAY_S, size=len(call)), 0)
    order = np.argsort((calls.at[call] + delay) * 2 + (kind != FIRST_LEG), kind="stable")
    note = np.where(rng.random(total) < 0.05, rng.integers(1, len(NOTES), size=total), 0).astype(np.uint8)
    typed_in = calls.connected & (rng.random(total) < 0.01)
    typed_in[rng.choice(total, size=2, replace=False)] = True
    code = np.where(typed_in, rng.integers(100_000, 1_000_000, size=total), 0).astype(np.int32)
    return Rows(call[order], kind[order], note, code)


def _time_texts(calls: Calls, rows: NDArray[np.int32]) -> list[str | None]:
    texts: list[str | None] = [*calendar.local_texts(calls.at[rows])]
    written = calls.time_written[rows]
    for at in np.flatnonzero(written != WRITTEN_WELL).tolist():
        how = int(written[at])
        minute, second = divmod(int(calls.at[rows[at]]) % 3_600, 60)
        texts[at] = {
            WRITTEN_1970: f"1970-01-01 00:{minute:02d}:{second:02d}",
            WRITTEN_ZEROS: "0000-00-00 00:00:00",
            WRITTEN_NULL: None,
        }[how]
    return texts


def leg_duration(calls: Calls, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Talk times of first legs: the call, and the ringing before it."""
    longer: NDArray[np.int32] = calls.duration[rows] + 5 + rows % 25
    return longer


def _called_texts(
    calls: Calls, people: Population, rows: NDArray[np.int32], kind: NDArray[np.uint8]
) -> list[str | None]:
    numbers, pools = calls.called[rows], calls.called_pool[rows]
    shapes, dresses = calls.called_shape[rows], calls.called_dress[rows]
    leg = kind == FIRST_LEG
    account = calls.account[rows]
    numbers = np.where(leg, people.accounts.contact[account], numbers)
    pools = np.where(leg, people.accounts.contact_pools[account], pools).astype(np.int16)
    prefixes = np.array([Shape.PLUS, Shape.ZEROS, Shape.TRUNK], dtype=np.uint8)
    shapes = np.where(leg, prefixes[rows % 3], shapes)
    dresses = np.where(leg, Dress.PLAIN, dresses)
    other = kind == REPEATED_OTHERWISE
    shapes = np.where(other, np.where(shapes == Shape.PLUS, Shape.ZEROS, Shape.PLUS), shapes)
    dresses = np.where(other, np.where(rows % 2 == 0, Dress.PLAIN, Dress.DASHED), dresses)
    return write_numbers(numbers, pools=pools, shapes=shapes.astype(np.uint8), dresses=dresses.astype(np.uint8))


def _duration_texts(calls: Calls, rows: NDArray[np.int32], leg: Flags) -> list[str | None]:
    seconds = np.where(leg, leg_duration(calls, rows), calls.duration[rows])
    texts: list[str | None] = [str(value) for value in seconds.tolist()]
    for at in np.flatnonzero(calls.duration_lost[rows] & ~leg).tolist():
        texts[at] = None
    return texts


def call_columns(calls: Calls, people: Population, rows: Rows, part: slice) -> list[list[str | None]]:
    """The columns of the calls file for some rows, as text.

    Args:
        calls: The calls.
        people: The population.
        rows: The layout of the file.
        part: Slice of the rows.
    """
    call, kind = rows.call[part], rows.kind[part]
    leg = kind == FIRST_LEG
    names = [*people.accounts.names, None]
    account = np.where(calls.account_lost[call], len(people.accounts), calls.account[call])
    nobody = np.where(leg, Shape.NULL, calls.shown_shape[call]).astype(np.uint8)
    shown = write_numbers(
        calls.shown[call], pools=calls.shown_pool[call], shapes=nobody, dresses=calls.shown_dress[call]
    )
    dispositions = np.where(leg, 1, calls.disposition[call]).tolist()
    codes = np.where(leg, 0, rows.code[call]).tolist()
    return [
        [f"{SYNTHETIC_MARK}{number:09d}" for number in (call + 1).tolist()],
        [_LEGS[which] for which in np.where(leg, LEG_A, calls.leg[call]).tolist()],
        [names[at] for at in account.tolist()],
        _time_texts(calls, call),
        shown,
        _called_texts(calls, people, call, kind),
        _duration_texts(calls, call, leg),
        [DISPOSITIONS[which] for which in dispositions],
        [NOTES[which] for which in np.where(leg, 0, rows.note[call]).tolist()],
        [str(code) if code else None for code in codes],
    ]


def contact_texts(numbers: Ints, pools: NDArray[np.int16]) -> list[str | None]:
    """Contact numbers in unambiguous forms; 0 becomes a null."""
    at = np.arange(len(numbers))
    british = COUNTRY_CODE[pools] == 44
    lead = np.array([Shape.PLUS, Shape.TRUNK, Shape.ZEROS, Shape.BRACKET], dtype=np.uint8)[at % 4]
    shapes = np.where(numbers == 0, Shape.NULL, np.where(british, lead, Shape.PLUS)).astype(np.uint8)
    dress = np.array([Dress.PLAIN, Dress.SPACED, Dress.PLAIN, Dress.NO_BREAK, Dress.DASHED], dtype=np.uint8)
    dresses = np.where(shapes == Shape.BRACKET, Dress.PLAIN, dress[at % 5]).astype(np.uint8)
    return write_numbers(numbers, pools=pools, shapes=shapes, dresses=dresses)
