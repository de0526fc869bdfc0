"""What a reply asks for: stop, check, "not me", or "other", which a person reads.

`stop_words` says what counts as stop. CHECK and "not me" count only if a clause says just that and nothing else. A
doubtful text is "other". A missed wish to stop costs somebody's patience, and staff see the text. A false one costs
somebody the warning, and nobody notices.
"""

import re
from collections.abc import Iterator

from ringback.alerting.inbound.reply_spelling import fold
from ringback.alerting.inbound.stop_words import asks_to_stop

STOP, CHECK, NOT_ME, OTHER = "stop", "check", "not_me", "other"
KINDS = (STOP, CHECK, NOT_ME, OTHER)

_BREAKS = re.compile(r"([.!?;:,\n\r/|()]+|\s[-–—]+\s)")
_WORDS = re.compile(r"[a-z0-9']+")


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split()) for one in text.split("|"))


# What may come before: politeness, and ways of asking.
_BEFORE = _phrases(
    "please|pls|plz|hi|hello|hey|dear sir|yes|yeah|no|nope|ok|okay|sorry|oh|just|so|and|i said|text|reply|re|"
    "i want to|i want you to|i wish to|i would like to|i'd like to|i would like you to|i'd like you to|"
    "can you|could you|will you|would you|kindly|os gwelwch yn dda|plis"
)
# What may come after without changing the request.
_AFTER = _phrases(
    "please|pls|plz|now|today|immediately|at once|thanks|thank you|thankyou|thx|ta|cheers|ok|mate|sir|kindly|"
    "os gwelwch yn dda|plis|diolch|nawr|xx|x"
)
_CHECK_CORES = _phrases("check|gwirio|gwiriwch")
_CHECK_AFTER = _AFTER | _phrases("me|my number|this|this number|number|my phone|my phone number|it|fy rhif")
_CHECK_BEFORE = _BEFORE | _phrases("i'd like a")
_NOT_ME_BEFORE = _BEFORE | _phrases(
    "i think|i'm afraid|think|but|must be|you have|you've|you've got|you got|u have|u got|have|got|the|a|it's|its|"
    "it is|this is|that's|thats|that is|this was|that was|it was|you are texting|you're texting|this must be"
)
_NOT_ME_CORES = _phrases(
    "not me|it wasn't me|it wasnt me|wasn't me|wasnt me|wasn't mine|isn't me|isnt me|it isn't me|this isn't me|"
    "that isn't me|that wasn't me|this wasn't me|"
    "wrong number|wrong person|wrong no|wrong num|wrong phone|wrong phone number|not my number|not my phone|"
    "not the right number|not the right person|not mine|isn't my number|isnt my number|this isn't my number|"
    "i'm not the right person|i am not the right person|i'm not that person|i am not that person|"
    "rhif anghywir|y rhif anghywir|nid fi|nid fi oedd e|dim fi"
)
_NOT_ME_AFTER = _AFTER | _phrases("sorry|here|i'm afraid|bye|you have|you've got|you got|again")

_LENGTHS = range(1, 1 + max(map(len, _CHECK_CORES | _NOT_ME_CORES)))

# A question counts as a request only if it asks us to do something.
_REQUESTS = ("can you", "could you", "will you", "would you", "please can you", "please could you")


def read_kind(text: str) -> str:
    """What a text asks for: stop, check, not_me or other. A wish to stop wins over the others.

    >>> [read_kind(text) for text in ("STOP", "Please don't stop!", "Check my number", "Sorry, wrong number", "Why?")]
    ['stop', 'other', 'check', 'not_me', 'other']
    """
    if asks_to_stop(text):
        return STOP
    clauses = list(_clauses(fold(text).lower()))
    for kind, cores, before, after in (
        (NOT_ME, _NOT_ME_CORES, _NOT_ME_BEFORE, _NOT_ME_AFTER),
        (CHECK, _CHECK_CORES, _CHECK_BEFORE, _CHECK_AFTER),
    ):
        if any(_says(words, cores, before, after) for words in clauses):
            return kind
    return OTHER


def _clauses(text: str) -> Iterator[tuple[str, ...]]:
    """The words of every clause, without questions that request nothing."""
    parts = _BREAKS.split(text)
    for place in range(0, len(parts), 2):
        words = tuple(word.strip("'") for word in _WORDS.findall(parts[place]))
        words = tuple(word for word in words if word)
        mark = parts[place + 1] if place + 1 < len(parts) else ""
        if words and ("?" not in mark or " ".join(words).startswith(_REQUESTS)):
            yield words


def _says(
    words: tuple[str, ...],
    cores: frozenset[tuple[str, ...]],
    before: frozenset[tuple[str, ...]],
    after: frozenset[tuple[str, ...]],
) -> bool:
    """Whether the clause is one of the cores, with only the allowed phrases before and after it."""
    start = 0
    while True:
        for length in _LENGTHS:
            core = words[start : start + length]
            if core in cores and _only(words[start + length :], after):
                return True
        step = max((len(one) for one in before if words[start : start + len(one)] == one), default=0)
        if not step:
            return False
        start += step


def _only(words: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words consist of these phrases alone, in any sequence."""
    while words:
        step = max((len(one) for one in phrases if words[: len(one)] == one), default=0)
        if not step:
            return False
        words = words[step:]
    return True
