"""Finds the disposition: the column that says how a call ended, and the meaning of its words."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.scoring import Candidate, Choice, choose
from ringback.schemas import ANSWERED
from ringback.sources.fields.dispositions import plain_word, says_answered, says_nobody_answered

_MOST_WORDS = 25
_WORDS_OF_CALLS = """
    answer busy cancel congestion noanswer failed chanunavail normalclearing userbusy hangup voicemail rejected
    contest ocupado ocupada atendida naoatend besetzt angenommen keineantwort occupe repondu sansreponse zanyato
    otvechen netotveta mesgul cevap occupato risposto bezet beantwoord geenantwoord
"""
_CALL_WORDS = frozenset(_WORDS_OF_CALLS.split())
# Words for an answer that count only beside words for no answer: alone they may say that an order was completed.
_ANSWERED_BESIDE = """
    completed complete success successful ok normalclearing answeredcall contestada atendida beantwortet angenommen
    отвечен отвечено принят успешно 已接 接通 repondu otvechen cevaplandi risposto beantwoord odebrane
"""
_ANSWERED_ANYWHERE = frozenset(_ANSWERED_BESIDE.split())


def find_ending(columns: Sequence[Column]) -> Column | None:
    """The column that says how calls ended: it has few values, and for some of them the talk time is zero."""
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
    """Whether the values are words for how a call ended, in a language of panels."""
    plain = [value.casefold().replace(" ", "").replace("_", "") for value in column.counts]
    known = [any(word in value for word in _CALL_WORDS) for value in plain]
    return sum(known) >= 2


def _splits(ending: Column, talk: Column) -> float:
    """How well a column's values separate talk times of zero from others: 0 to 1."""
    if talk.different < 15 or talk.is_phone or talk.has_leading_noughts:
        return 0.0
    return answered_share(ending, talk) or 0.0


def answered_share(ending: Column, talk: Column) -> float | None:
    """How well a column's values separate talk times of zero from others: 1 if perfectly; None if not at all."""
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


def silent_rows(columns: Sequence[Column]) -> list[bool]:
    """For each row, whether a column of words for how calls ended says for certain that nobody answered."""
    rows = len(columns[0].values) if columns else 0
    silent = [False] * rows
    for column in columns:
        if not 1 <= column.different <= _MOST_WORDS or column.is_phone:
            continue
        known = says_nobody_answered(column.counts)
        # A word such as `failed` may mean something else, but not beside a word for an answer.
        if known and ("disposition" in column.hints or any(map(_says_answered, column.counts))):
            silent = [was or value in known for was, value in zip(silent, column.values, strict=True)]
    return silent


def _says_answered(word: str) -> bool:
    return says_answered(word) or plain_word(word) in _ANSWERED_ANYWHERE or word in ("16", "200")


def choose_disposition(columns: Sequence[Column], talked: Sequence[float | None]) -> tuple[Choice, dict[str, object]]:
    """The disposition, and what case.toml has to say about its words.

    An unknown word means that somebody answered, if calls with talk time have it.

    Args:
        columns: The columns of a table that may be calls.
        talked: The talk time of each row, in seconds.
    """
    ending = find_ending(columns)
    if ending is None:
        return Choice("disposition", None), {}
    one = Candidate(ending)
    talks = Counter(value for value, seconds in zip(ending.values, talked, strict=True) if value and seconds)
    known = {value for value in ending.counts if says_answered(value)}
    unanswered = says_nobody_answered(ending.counts)
    meant = {value for value in talks if value not in known and value not in unanswered}
    if not known and not meant:
        return Choice("disposition", None), {}
    lost = sum(count for value, count in talks.items() if value in unanswered)
    if lost > 0.03 * sum(talks.values()):
        # A word for no answer goes with talk time: the word or the talk time is not what it seems.
        return Choice("disposition", None), {}
    if not known and not unanswered and "disposition" not in ending.hints:
        return Choice("disposition", None), {}
    one.note(4.0, f"calls with talk time end in {len((known | meant) & set(talks))} of its {ending.different} words")
    one.note(2.0 if known else 0.0)
    one.note(2.0 if unanswered else 0.0, "others say that nobody answered" if unanswered else "")
    one.note(ending.hints.get("disposition", 0.0))
    settings: dict[str, object] = {}
    if meant:
        settings["answered"] = sorted({value.strip().upper() for value in known | meant} | set(ANSWERED))
    return choose("disposition", [one]), settings
