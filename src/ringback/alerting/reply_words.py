"""What a short text to us asks for, read with care: STOP, CHECK, "not me", or something for a person to read.

A text counts only where one of its clauses says the thing and nothing else: "Stop", "please stop texting me" and
"Who is this? STOP" are a wish to hear no more, "they rang my bus stop" and "please don't stop" are not. To take too
little for a wish costs a person's patience, and staff see the text; to take too much costs a warning.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ringback.numbers.masking import without_invisible

STOP, CHECK, NOT_ME, OTHER = "stop", "check", "not_me", "other"
KINDS = (STOP, CHECK, NOT_ME, OTHER)

_LONGEST = 2000
_BREAKS = re.compile(r"([.!?;:,\n\r/|()]+|\s[-–—]+\s)")
_WORDS = re.compile(r"[a-z0-9']+")


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split()) for one in text.split("|"))


# What may stand before: politeness, and ways of asking for something.
_BEFORE = _phrases(
    "please|pls|plz|hi|hello|hey|dear sir|yes|yeah|no|nope|ok|okay|sorry|oh|just|so|and|i said|text|reply|re|"
    "i want to|i want you to|i wish to|i would like to|i'd like to|i would like you to|i'd like you to|"
    "can you|could you|will you|would you|kindly|os gwelwch yn dda|plis"
)
# What may stand after without changing what is asked for.
_AFTER = _phrases(
    "please|pls|plz|now|today|immediately|at once|thanks|thank you|thankyou|thx|ta|cheers|ok|mate|sir|kindly|"
    "os gwelwch yn dda|plis|diolch|nawr|xx|x"
)
_STOP_AFTER = _AFTER | _phrases(
    "stop|it|this|these|all|me|my number|message|messages|msg|msgs|text|texts|sms|alerts|texting|messaging|"
    "contacting|calling|sending|sending me|from you|to me|to this number|this number|any more|anymore|again|"
    "the texts|the messages|your texts|your messages|bothering|spamming|harassing"
)
_STOP_CORES = _phrases(
    "stop|stopp|stopall|stop all|stops|unsubscribe|unsub|optout|opt out|opt me out|quit|end|cancel|"
    "remove me|remove my number|take me off|take me off your list|take me off the list|take me off this list|"
    "remove me from your list|remove me from the list|remove my number from your list|delete my number|"
    "leave me alone|no more texts|no more messages|no more|"
    "don't text me|do not text me|dont text me|don't contact me|do not contact me|dont contact me|"
    "don't message me|do not message me|dont message me|never text me|never contact me|"
    "atal|ataliwch|stopiwch|stopio|rhowch y gorau iddi|dim mwy|peidiwch a thecstio|peidiwch a thecstio fi"
)
# As a command these stand alone; "end it" or "cancel my card" is about something else.
_ALONE = _phrases("end|quit|cancel|no more|dim mwy|stopio")
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

# Words that turn the clause after them around, or take back what was said.
_TURNS = {"don't", "dont", "not", "never", "ever", "didn't", "didnt", "without", "peidiwch", "paid"}
_TAKEN_BACK = re.compile(
    r"(?:don'?t|do not|never|not to|peidiwch ag?|paid ag?) (?:\w+ )?(?:stop|unsubscribe|cancel|atal|stopio)"
    r"|ignore (?:that|my|the|this)|disregard|by mistake|my mistake|changed my mind"
    r"|carry on|keep (?:them|texting|sending)"
)
# A question asks for something only when it asks us to do it.
_REQUESTS = ("can you", "could you", "will you", "would you", "please can you", "please could you")


def read_kind(text: str) -> str:
    """What a text asks for: stop, check, not_me or other. A wish to hear no more wins over all else.

    >>> [read_kind(text) for text in ("STOP", "Please don't stop!", "Check my number", "Sorry, wrong number", "Why?")]
    ['stop', 'other', 'check', 'not_me', 'other']
    """
    folded = _fold(text)
    clauses = list(_clauses(folded))
    asks = [
        (_says(words, _STOP_CORES, _BEFORE, _STOP_AFTER) and not _turned(clauses, place))
        for place, (words, _question) in enumerate(clauses)
    ]
    if any(asks) and not _TAKEN_BACK.search(" ".join(_WORDS.findall(folded))):
        return STOP
    for kind, cores, before, after in (
        (NOT_ME, _NOT_ME_CORES, _NOT_ME_BEFORE, _NOT_ME_AFTER),
        (CHECK, _CHECK_CORES, _CHECK_BEFORE, _CHECK_AFTER),
    ):
        if any(_says(words, cores, before, after) for words, _question in clauses):
            return kind
    return OTHER


def _fold(text: str) -> str:
    """Lower case, one kind of apostrophe, no accents, no characters without width, "s t o p" in one word."""
    text = without_invisible(unicodedata.normalize("NFKC", text[:_LONGEST])).casefold()
    text = re.sub("[\u2018\u2019\u02bc`´]", "'", text)
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    spaced = re.fullmatch(r"\W*(\w(?:[ .\-]\w){3,}\W*)", text)
    return re.sub(r"[\W_]", "", spaced[1]) if spaced else text


def _clauses(text: str) -> Iterable[tuple[tuple[str, ...], bool]]:
    """The words of every clause, and whether it is a question that asks for nothing to be done."""
    parts = _BREAKS.split(text)
    for place in range(0, len(parts), 2):
        words = tuple(word.strip("'") for word in _WORDS.findall(parts[place]))
        words = tuple(word for word in words if word)
        if not words:
            continue
        mark = parts[place + 1] if place + 1 < len(parts) else ""
        question = "?" in mark and not " ".join(words).startswith(_REQUESTS)
        yield (() if question else words), question


def _turned(clauses: Sequence[tuple[tuple[str, ...], bool]], place: int) -> bool:
    """Whether the clause just before ends so that this one means the opposite ("never, ever, stop")."""
    before = clauses[place - 1][0] if place else ()
    return bool(before) and before[-1] in _TURNS


def _says(
    words: tuple[str, ...],
    cores: frozenset[tuple[str, ...]],
    before: frozenset[tuple[str, ...]],
    after: frozenset[tuple[str, ...]],
) -> bool:
    """Whether the clause is one of the cores, with nothing but such words before and after it."""
    start = 0
    while True:
        for core in cores:
            end = start + len(core)
            if words[start:end] == core and _only(words[end:], _AFTER if core in _ALONE else after):
                return True
        step = max((len(one) for one in before if words[start : start + len(one)] == one), default=0)
        if not step:
            return False
        start += step


def _only(words: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words are nothing but these phrases, one after the other."""
    while words:
        step = max((len(one) for one in phrases if words[: len(one)] == one), default=0)
        if not step:
            return False
        words = words[step:]
    return True
