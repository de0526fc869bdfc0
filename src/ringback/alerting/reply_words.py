"""What a short text to us asks for, read with care: STOP, CHECK, "not me", or something for a person to read.

A text whose first word is STOP is a wish to hear no more, whatever follows, unless it takes that back or is about
somebody else ("stop the criminals"). Otherwise a text counts only where one of its clauses says the thing and nothing
else: "please stop texting me" and "Who is this? STOP" do, "they rang my bus stop" and "please don't stop" do not. To
take too little for a wish costs a person's patience, and staff see the text; to take too much costs a warning.
"""

import itertools
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


def _joined(*parts: str) -> frozenset[tuple[str, ...]]:
    """Every phrase with one choice of each part; `|` between the choices, of which one may be empty."""
    return frozenset(
        tuple(" ".join(chosen).split()) for chosen in itertools.product(*(one.split("|") for one in parts))
    )


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
_POLITE = frozenset({"please", "pls", "plz", "kindly"})
_STOP_AFTER = _AFTER | _phrases(
    "stop|it|this|these|all|me|my number|message|messages|msg|msgs|text|texts|sms|alerts|texting|messaging|"
    "contacting|calling|sending|sending me|from you|to me|to this number|this number|any more|anymore|again|"
    "the texts|the messages|your texts|your messages|bothering|spamming|harassing"
)
_DO_NOT = "don't|dont|do not|never"
_ANY = "|any|any more|anymore|more|any other|these|those|your|the|this|that"
_TEXTS = "text|texts|text message|text messages|message|messages|msg|msgs|sms|alert|alerts"
_HERE = "me|us|this number|my number|this phone|my phone|this mobile|my mobile|this phone number|my phone number"
_STOP_CORES = (
    _phrases(
        "stop|stopp|stopall|stop all|stops|unsubscribe|unsub|optout|opt out|opt me out|quit|end|cancel|remove|"
        "take me off|leave me alone|leave us alone|no more texts|no more messages|no more|"
        "atal|ataliwch|stopiwch|stopio|rhowch y gorau iddi|dim mwy|peidiwch a thecstio|peidiwch a thecstio fi"
    )
    | _joined("remove|delete", _HERE)
    | _joined(
        "take|remove|delete", _HERE, "off|from", "your|the|this|that|all your",
        "list|lists|database|system|records|files|mailing list|contacts",
    )
    | _joined(
        _DO_NOT, "text|contact|message|msg|call|ring|phone|write to|call or text|text or call|contact or text", _HERE
    )
    | _joined(_DO_NOT, "send|keep sending", "|me|us", _ANY, _TEXTS)
    | _joined(
        "|i|we", "don't|dont|do not|no longer", "want|wish|need", "|to get|to receive|to have", _ANY, _TEXTS
    )
)  # fmt: skip
# After STOP as the first word: what shows that somebody else is to be stopped, or that the word is spoken of.
_SOMETHING_ELSE = re.compile(
    r"(?:them|him|her|those|others|what|means|criminals|scammers|fraudsters|callers|people)\b"
    r"|these (?!texts?\b|messages?\b|msgs?\b|alerts?\b|sms\b)\w+"
    r"|the (?!texts?\b|messages?\b|msgs?\b|alerts?\b|sms\b|texting\b|messaging\b)\w+"
    r"|(?:\w+ ){1,6}from \w+ing\b"
)
# As a command these stand alone; "end it" or "cancel my card" is about something else.
_ALONE = _phrases("end|quit|cancel|remove|no more|dim mwy|stopio")
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

_LENGTHS = range(1, 1 + max(map(len, _STOP_CORES | _CHECK_CORES | _NOT_ME_CORES)))

# Words that turn the clause after them around, or take back what was said.
_TURNS = {"don't", "dont", "not", "never", "ever", "didn't", "didnt", "without", "peidiwch", "paid"}
_TAKEN_BACK = re.compile(
    # "They never stop" takes nothing back.
    r"(?<!\bthey )(?<!\bit )(?<!\bcalls )(?<!\bpeople )"
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
    if (any(asks) or _opens_with_stop(folded)) and not _TAKEN_BACK.search(" ".join(_WORDS.findall(folded))):
        return STOP
    for kind, cores, before, after in (
        (NOT_ME, _NOT_ME_CORES, _NOT_ME_BEFORE, _NOT_ME_AFTER),
        (CHECK, _CHECK_CORES, _CHECK_BEFORE, _CHECK_AFTER),
    ):
        if any(_says(words, cores, before, after) for words, _question in clauses):
            return kind
    return OTHER


def _opens_with_stop(folded: str) -> bool:
    """Whether the first word, but for politeness, is STOP, and nobody else is to be stopped."""
    # With letters of other alphabets: half a word is none.
    words = [word.strip("'") for word in re.findall(r"[\w']+", folded)]
    start = next((place for place, word in enumerate(words) if word not in _POLITE), len(words))
    if start == len(words) or words[start] not in {"stop", "stopp", "stopall"}:
        return False
    rest = " ".join(words[start + 1 :])
    asked = re.search(r"\bstop\W*\?", folded)  # "Stop?" asks what it is
    return asked is None and _SOMETHING_ELSE.match(rest) is None


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
        for length in _LENGTHS:
            core = words[start : start + length]
            if core in cores and _only(words[start + length :], _AFTER if core in _ALONE else after):
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
