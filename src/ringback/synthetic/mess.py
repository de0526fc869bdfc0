"""Mess: every known way in which a panel's records go wrong, applied to the true calls.

Each kind of mess takes rows that no other kind has taken, and notes its cause on the row. It changes only what was
written down, never what really happened.
"""

from typing import Final

import numpy as np

from ringback.synthetic.calls import (
    LEG_A,
    LEG_B,
    OWN_KINDS,
    WRITTEN_1970,
    WRITTEN_NULL,
    WRITTEN_ZEROS,
    Calls,
    Flags,
)
from ringback.synthetic.pools import (
    BARE_GB,
    BARE_US,
    COUNTRY_CODE,
    GB,
    IS_MOBILE,
    IS_TWO,
    OTHER_HOW,
    OTHER_IS_MOBILE,
    REGION,
    Ints,
)
from ringback.synthetic.population import Population
from ringback.synthetic.typing_styles import HABITS, Dress, Shape, fit_dresses, fit_shapes

# Why the recoverable reading of a row differs from what really happened.
CAUSES: Final = (
    None,
    "eaten_by_spreadsheet",
    "null_number",
    "withheld",
    "empty_number",
    "null_account",
    "null_duration",
    "clock_reset",
    "bad_time",
    "ambiguous",
    "settled_the_wrong_way",
    "repeated_hour",
    "presentation_eaten",
)
CAUSE: Final = {name: at for at, name in enumerate(CAUSES)}
# Shapes and dressings on single rows of any account; None keeps the account's usual one.
ODD_FORMS: Final[tuple[tuple[Shape | None, Dress | None], ...]] = (
    (Shape.PLUS, Dress.PLAIN),
    (Shape.ZEROS, Dress.PLAIN),
    (Shape.TRUNK, Dress.PLAIN),
    (Shape.BRACKET, Dress.PLAIN),
    (Shape.IDD_011, Dress.SPACED),
    (Shape.BARE, Dress.PLAIN),
    (Shape.BARE, Dress.POINT_ZERO),
    (Shape.NATIONAL, Dress.PLAIN),
    (Shape.NATIONAL, Dress.POINT_ZERO),
    (Shape.PLUS, Dress.NAMED),
    (Shape.PLUS, Dress.STAR_67),
    (Shape.TRUNK, Dress.HASH_31),
    (None, Dress.SPACED),
    (None, Dress.DOTTED),
    (None, Dress.DASHED),
    (None, Dress.NO_BREAK),
    (None, Dress.ZERO_WIDTH),
    (None, Dress.FULL_WIDTH),
    (None, Dress.SIP),
    (None, Dress.TEL),
    (None, Dress.EXTENSION),
)
_SHOWS_VICTIMS: Final = 20_000


class _Mess:
    """Takes rows for one kind of mess after the other, never the same row twice."""

    def __init__(self, rng: np.random.Generator, calls: Calls, people: Population) -> None:
        self.rng, self.calls, self.people = rng, calls, people
        self.free: Flags = calls.in_life & (calls.own == 0)
        self.total = int(calls.in_life.sum())
        # The calls that make somebody a victim. A share of the mess is kept for them, or most of it would miss them.
        self.weighty: Flags = self.free & calls.connected & (calls.duration > 60)
        self.weighty &= (REGION[calls.called_pool] == GB) & IS_MOBILE[calls.called_pool]
        self.weighty &= people.accounts.tied[calls.account]
        habits = np.array([habit.bare for habit in HABITS])
        self.bare_typist: Flags = habits[people.accounts.habits[calls.account]]

    def take(self, count: int, among: Flags) -> Ints:
        """Take up to `count` free rows among these."""
        able = np.flatnonzero(self.free & among)
        rows = self.rng.choice(able, size=min(count, len(able)), replace=False)
        self.free[rows] = False
        return rows

    def share(self, rate: float) -> int:
        """How many rows a rate stands for, at least two."""
        return max(2, round(rate * self.total))

    def take_mixed(self, rate: float, among: Flags) -> Ints:
        """Take a share of rows; one in ten of them is a call that makes somebody a victim."""
        count = self.share(rate)
        heavy = round(count * 0.1) if self.total < _SHOWS_VICTIMS else max(1, round(count * 0.1))
        taken = self.take(heavy, self.weighty & among)
        return np.concatenate([taken, self.take(count - len(taken), ~self.weighty & among)])

    def odd_forms(self) -> None:
        """Let single rows be typed in another way than is usual for their account."""
        calls = self.calls
        code = COUNTRY_CODE[calls.called_pool]
        for shape, dress in ODD_FORMS:
            among = np.ones(len(calls), dtype=bool)
            if shape in (Shape.TRUNK, Shape.BRACKET):
                among = code == 44
            elif shape == Shape.IDD_011:
                among = code != 1
            elif shape == Shape.NATIONAL:
                among = (code == 44) & IS_MOBILE[calls.called_pool]
            if dress == Dress.STAR_67:
                among = code == 1
            # One lapse of an account that always types bare digits would make everything it ever dialled ambiguous.
            if shape in (Shape.BARE, Shape.NATIONAL):
                among = among & ~self.bare_typist
            rows = self.take(self.share(4e-4), among)
            if shape is not None:
                shapes = np.full(len(rows), shape, dtype=np.uint8)
                calls.called_shape[rows] = fit_shapes(shapes, calls.called_pool[rows])
            if dress is not None:
                dresses = np.full(len(rows), dress, dtype=np.uint8)
                calls.called_dress[rows] = fit_dresses(dresses, calls.called_shape[rows])

    def lost_numbers(self) -> None:
        """Let some called numbers be mangled by a spreadsheet, missing, withheld or empty."""
        everywhere = np.ones(len(self.calls), dtype=bool)
        for cause, shape, rate in (
            ("eaten_by_spreadsheet", Shape.EATEN, 6e-4),
            ("null_number", Shape.NULL, 2e-4),
            ("withheld", Shape.WITHHELD, 1.5e-4),
            ("empty_number", Shape.EMPTY, 1e-4),
        ):
            rows = self.take_mixed(rate, everywhere)
            self.calls.called_shape[rows] = shape
            self.calls.cause[rows] = CAUSE[cause]

    def lost_fields(self) -> None:
        """Let some rows lose their account, duration or time."""
        calls = self.calls
        everywhere = np.ones(len(calls), dtype=bool)
        rows = self.take_mixed(5e-4, everywhere)
        calls.account_lost[rows] = True
        calls.cause[rows] = CAUSE["null_account"]
        # A row without an account has no dialling habit that could decide what bare digits mean.
        calls.called_shape[rows] = Shape.PLUS
        calls.called_dress[rows] = Dress.PLAIN
        rows = self.take_mixed(4e-4, calls.duration > 0)
        calls.duration_lost[rows] = True
        calls.cause[rows] = CAUSE["null_duration"]
        rows = self.take_mixed(3e-4, everywhere)
        calls.time_written[rows] = WRITTEN_1970
        calls.cause[rows] = CAUSE["clock_reset"]
        rows = self.take_mixed(2e-4, everywhere)
        calls.time_written[rows] = np.where(np.arange(len(rows)) % 2 == 0, WRITTEN_ZEROS, WRITTEN_NULL)
        calls.cause[rows] = CAUSE["bad_time"]

    def lost_shown_numbers(self) -> None:
        """Let a spreadsheet mangle some of the numbers shown."""
        rows = self.take(self.share(2e-4), self.calls.organisation >= 0)
        self.calls.shown_shape[rows] = Shape.EATEN
        self.calls.cause[rows] = CAUSE["presentation_eaten"]

    def misleading_digits(self) -> None:
        """Let accounts that always type numbers of one country bare type one number of another country bare, once.

        Their habit then decides wrongly: a UK mobile without its zero becomes a US one, or a false UK mobile appears.
        """
        calls = self.calls
        habits = self.people.accounts.habits[calls.account]
        us_typist = np.array([h.bare and h.us == Shape.NATIONAL and h.gb != Shape.NATIONAL for h in HABITS])
        uk_typist = np.array([h.bare and h.gb == Shape.NATIONAL and h.us != Shape.NATIONAL for h in HABITS])
        two = IS_TWO[calls.called_pool]
        other = OTHER_HOW[calls.called_pool]
        answered = calls.connected & (calls.duration > 60)
        lost_zero = us_typist[habits] & two & (other == BARE_US) & IS_MOBILE[calls.called_pool]
        rows = self.take_mixed(2e-4, lost_zero)
        false_uk = uk_typist[habits] & two & (other == BARE_GB) & OTHER_IS_MOBILE[calls.called_pool]
        tied = self.people.accounts.tied[calls.account]
        heavy = self.take(max(1, self.total // 50_000), false_uk & answered & tied)
        light = self.take(self.share(1e-4), false_uk & ~answered)
        for taken in (rows, heavy, light):
            calls.called_shape[taken] = Shape.NATIONAL
            calls.called_dress[taken] = Dress.PLAIN

    def legs(self) -> None:
        """Let the panel say which leg a row is, for the accounts that it rings back."""
        calls, accounts = self.calls, self.people.accounts
        rung_back = accounts.call_back[calls.account] & calls.in_life
        own_phone = calls.own == OWN_KINDS.index("account")
        own_phone &= calls.called == accounts.contact[calls.account]
        # A call to the account's own phone has no second leg.
        calls.leg = np.where(rung_back, np.where(own_phone, LEG_A, LEG_B), 0).astype(np.uint8)


def make_mess(rng: np.random.Generator, calls: Calls, people: Population) -> Flags:
    """Apply all mess to the calls, in place.

    Returns:
        For each call, whether no mess has touched it.
    """
    mess = _Mess(rng, calls, people)
    mess.misleading_digits()
    mess.lost_numbers()
    mess.lost_fields()
    mess.lost_shown_numbers()
    mess.odd_forms()
    mess.legs()
    return mess.free
