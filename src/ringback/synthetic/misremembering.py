"""What reporters tell of a call: day, time, organisation, number shown, talk time, loss and story, with their errors.

The shares and spreads are guesses, and are no part of the rule that ties reports to calls: the rule was not made from
them, nor they from the rule.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from ringback.synthetic import calendar
from ringback.synthetic.calls import Calls
from ringback.synthetic.pools import Ints
from ringback.synthetic.population import IMITATED, Population
from ringback.synthetic.reports import NO_CALL, ReportTruth

# How sure people are of the day: share, spread in days, how much too early on the whole.
_SURE: Final = (
    ("exact", 0.38, 0.5, 0.0),
    ("few_days", 0.30, 1.8, 0.5),
    ("month", 0.20, 11.0, 3.0),
    ("unsure", 0.12, 40.0, 9.0),
)
_BANDS: Final = (
    ("under_1", 0), ("minutes_1_5", 60), ("minutes_5_15", 300), ("minutes_15_60", 900), ("over_60", 3_600),
)  # fmt: skip
_PARTS: Final = (("night", 0), ("morning", 5), ("afternoon", 12), ("evening", 17), ("night", 22))
_CLAIMS: Final = ("{}", "{}", "{}", "the {} fraud team", "{} security", "someone from {}")
_STORIES: Final = (
    "I got a call from {bank}, or so they said. {when}. The lady knew my name and told me to move my money to a safe"
    " account.{lost}",
    "they said they were {bank} fraud department and my card was being used in another city right now. {when}. i"
    " panicked.{lost}",
    "Caller said a payment was going out of my account unless I gave him the code from my phone. {when}. He was very"
    " polite.{lost}",
    "{when} the phone rang with the number that is on the back of my card, so I thought it was {bank}.{lost}",
    "My mother was called and asked to press 1. {when}. She is 81 and has not slept since.{lost}",
)
_AREAS: Final = ("", "B1", "CF10", "EH1", "LS2", "M4", "N7", "SW9", "BT7")


@dataclass(frozen=True, slots=True)
class Told:
    """What one report tells of the call; texts are empty where nothing is told.

    Attributes:
        day: Day of the call, ISO 8601.
        sure: How sure the reporter is of it.
        time: Time of day, HH:MM.
        part: Part of the day.
        claimed: Whom the caller claimed to be from.
        shown: The number shown, digits with country code; 0 where it is not told.
        talk: The talk time.
        statement: Day of the loss on the statement, ISO 8601.
        story: The story.
        area: First half of the postcode.
        days_off: Days told minus day of the call; None where no day is told.
    """

    day: str
    sure: str
    time: str
    part: str
    claimed: str
    shown: int
    talk: str
    statement: str
    story: str
    area: str
    days_off: int | None


def tell(seed: int, truth: ReportTruth, people: Population, calls: Calls) -> list[Told]:
    """What every report tells.

    Args:
        seed: The seed of the seizure.
        truth: What the reports are about.
        people: Everyone in the seizure.
        calls: The calls.
    """
    rng = np.random.default_rng([seed, len(truth), 1])
    local = calls.at + calendar.london_offset(calls.at)
    return [_tell_one(rng, truth, at, people, calls, local) for at in range(len(truth))]


def _tell_one(
    rng: np.random.Generator, truth: ReportTruth, at: int, people: Population, calls: Calls, local: Ints
) -> Told:
    call = int(truth.call[at])
    # Another scam has a call too, of which this site knows nothing.
    about = call if call != NO_CALL else int(rng.integers(0, len(calls)))
    began = datetime.fromtimestamp(int(local[about]), UTC)
    day, sure, off = _day(rng, began.date())
    clock, part = _time(rng, began)
    names = people.organisations.names
    imitated = int(calls.organisation[about])
    claimed = _claimed(rng, names[imitated] if imitated >= 0 else "")
    statement = ""
    if truth.pence[at] and rng.random() < 0.6:
        later = int(rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 5, 9]))
        statement = (began.date() + timedelta(days=later)).isoformat()
    lost = f" I lost £{truth.pence[at] // 100:,}." if truth.pence[at] else ""
    story = _STORIES[int(rng.integers(0, len(_STORIES)))].format(
        bank=claimed or "the bank", when=f"It was around {day}" if day else "I cannot say which day it was", lost=lost
    )
    return Told(
        day=day,
        sure=sure,
        time=clock,
        part=part,
        claimed=claimed,
        shown=_shown(rng, int(calls.shown[about])),
        talk=_talk(rng, int(calls.duration[about])),
        statement=statement,
        story=story,
        area=_AREAS[int(rng.integers(0, len(_AREAS)))],
        days_off=off,
    )


def _day(rng: np.random.Generator, really: date) -> tuple[str, str, int | None]:
    ends = np.cumsum([share for _sure, share, _spread, _early in _SURE])
    which = min(int(np.searchsorted(ends, rng.random(), side="right")), len(_SURE) - 1)
    sure, _share, spread, early = _SURE[which]
    off = round(float(rng.normal(-early, spread)))
    if sure == "exact" and rng.random() < 0.8:
        off = 0
    if sure == "exact" and rng.random() < 0.03:
        off = int(rng.integers(-30, 31))  # sure, and wrong all the same
    if rng.random() < 0.1:
        return "", "unsure", None
    return (really + timedelta(days=off)).isoformat(), sure, off


def _time(rng: np.random.Generator, really: datetime) -> tuple[str, str]:
    lot = rng.random()
    if lot < 0.4:
        told = really + timedelta(minutes=float(rng.normal(0, 40)))
        return f"{told:%H}:{told.minute // 15 * 15:02d}", ""
    if lot < 0.8:
        hour = really.hour if rng.random() < 0.9 else int(rng.integers(0, 24))
        return "", [name for name, first in _PARTS if hour >= first][-1]
    return "", ""


def _claimed(rng: np.random.Generator, really: str) -> str:
    lot = rng.random()
    name = really
    if lot < 0.12 or (not really and lot < 0.6):
        name = IMITATED[int(rng.integers(0, len(IMITATED)))]
    elif lot > 0.85:
        return ""
    return _CLAIMS[int(rng.integers(0, len(_CLAIMS)))].format(name) if name else ""


def _shown(rng: np.random.Generator, really: int) -> int:
    lot = rng.random()
    if not really or lot > 0.25:
        return 0
    if lot < 0.05:
        unit = int(10 ** rng.integers(0, 6))
        return really - unit if really // unit % 10 else really + unit
    return really


def _talk(rng: np.random.Generator, seconds: int) -> str:
    if rng.random() < 0.2:
        return ""
    band = sum(seconds >= first for _name, first in _BANDS) - 1
    if rng.random() < 0.25:
        # Most people find a call like that longer than it was.
        band += 1 if rng.random() < 0.7 else -1
    return _BANDS[min(max(band, 0), len(_BANDS) - 1)][0]
