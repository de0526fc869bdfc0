"""Which column says how a call ended, and whether the run understands its words."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from ringback.proposals.choosing import Candidate, Choice, choose, percent
from ringback.proposals.columns import Column
from ringback.schemas import ANSWERED

_MOST_WORDS = 25
_WORDS_OF_CALLS = """
    answer busy cancel congestion noanswer failed chanunavail normalclearing userbusy hangup voicemail rejected
    contest ocupado ocupada atendida naoatend besetzt angenommen keineantwort occupe repondu sansreponse zanyato
    otvechen netotveta mesgul cevap occupato risposto bezet beantwoord geenantwoord
"""
_CALL_WORDS = frozenset(_WORDS_OF_CALLS.split())


def find_ending(columns: Sequence[Column]) -> Column | None:
    """The column that says how calls ended: few values, and the talk time is nought for some of them."""
    best, points = None, 1.5
    for column in columns:
        if not 2 <= column.different <= _MOST_WORDS or column.fill < 0.8 or column.is_phone:
            continue
        score = 2.0 * column.hints.get("disposition", 0.0) + (3.0 if speaks_of_calls(column) else 0.0)
        score += max((_splits(column, other) for other in columns if other is not column), default=0.0) * 3.0
        if score > points:
            best, points = column, score
    return best


def speaks_of_calls(column: Column) -> bool:
    """Whether the values are words for how a call ended, in any of the languages that panels are written in."""
    plain = [value.casefold().replace(" ", "").replace("_", "") for value in column.counts]
    known = [any(word in value for word in _CALL_WORDS) for value in plain]
    return sum(known) >= 2


def _splits(ending: Column, talk: Column) -> float:
    """How well an ending's values tell talk times of nought from others: 0 to 1."""
    if talk.different < 15 or talk.is_phone or talk.has_leading_noughts:
        return 0.0
    return answered_share(ending, talk) or 0.0


def answered_share(ending: Column, talk: Column) -> float | None:
    """How well the ending's values tell nought from more: 1 when each always means the same; None if not at all."""
    by_value: dict[str, Counter[bool]] = defaultdict(Counter)
    for value, seconds in zip(ending.values, talk.seconds, strict=True):
        if value and seconds is not None:
            by_value[value][seconds > 0] += 1
    rows = sum(sum(one.values()) for one in by_value.values())
    some, none = (sum(one[flag] for one in by_value.values()) for flag in (True, False))
    if rows < 20 or some < 5 or none < 5:
        return None
    agree = sum(max(one.values()) for one in by_value.values()) / rows
    usual = max(some, none) / rows
    return max(0.0, (agree - usual) / (1 - usual)) if agree > 0.9 else None


def choose_disposition(columns: Sequence[Column], talk: Column | None) -> Choice:
    """The ending, if the run understands it: a word it does not know would turn answered calls into missed ones."""
    ending = find_ending(columns)
    if ending is None:
        return Choice("disposition", None)
    one = Candidate(ending)
    known = sum(count for value, count in ending.counts.items() if value.upper() in ANSWERED)
    if not known:
        return Choice("disposition", None)
    one.note(3.0, f"{percent(known / len(ending.filled))} of the values say answered")
    if talk is not None:
        talked = [
            value.upper() in ANSWERED
            for value, seconds in zip(ending.values, talk.seconds, strict=True)
            if value and seconds
        ]
        share = sum(talked) / len(talked) if talked else 0.0
        if share < 0.97:
            return Choice("disposition", None)
        one.note(4.0, f"{percent(share)} of the calls with talk time are among them")
    one.note(ending.hints.get("disposition", 0.0))
    return choose("disposition", [one])
