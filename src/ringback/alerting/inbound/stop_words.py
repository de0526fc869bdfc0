"""Whether a reply is a wish to get no more texts.

A clause is such a wish in two cases: it says just that, apart from politeness ("please stop"); or it begins with words
that can mean nothing else, whatever follows ("stop texting me, I am ill"). A text whose first word is STOP is such a
wish too, unless it tells us to stop somebody else ("stop the criminals", "stop and search"). The phrases are in
data/replies, where people can read them. A doubtful text is left to a person.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ringback.alerting.inbound.reply_spelling import Clause, fold, read_clauses
from ringback.alerting.inbound.stop_signs import says_in_signs
from ringback.text.wordlists import read_lines

_PART = re.compile(r"\([^()]*\)|[^\s()]+")
_NAME = re.compile(r"<(\w+)>")
_POLITE = frozenset({"please", "kindly", "ok", "okay", "yes", "no", "hi", "hello", "again", "just", "now", "so"})
_JOINING = frozenset({"so", "and", "but", "because", "please", "therefore", "just", "or"})
# Others whom a text may tell to stop, instead of us.
_OTHERS = frozenset({"they", "them", "he", "him", "caller", "callers", "criminals", "scammers", "fraudsters", "man"})
_OTHERS |= {"woman", "lady", "guy", "bank", "people", "somebody", "someone", "bloke", "men"}
_REPORTING = frozenset({"to", "said", "saying", "say", "says", "told", "reply", "text", "word", "not", "me", "how"})
_BEFORE_LAST = frozenset(
    {
        "text",
        "reply",
        "replied",
        "said",
        "say",
        "saying",
        "word",
        "type",
        "send",
        "sent",
        "to",
        "the",
        "a",
        "bus",
        "full",
    }
    | {"not", "never", "dont", "non", "pit", "press", "texted", "wont", "would", "cant", "could", "didnt", "will", "it"}
    | {
        "them",
        "him",
        "they",
        "he",
        "she",
        "must",
        "should",
        "does",
        "did",
        "whether",
        "if",
        "i",
        "this",
        "that",
        "make",
    }
    | {
        "you",
        "tram",
        "coach",
        "train",
        "last",
        "next",
        "first",
        "dead",
        "door",
        "short",
        "quick",
        "pressed",
        "typed",
        "called",
    }
)
_OUR_TEXTS = frozenset({"text", "texts", "texting", "message", "messages", "messaging", "contact", "contacting", "sms"})
_AFTER_LAST = frozenset({"it", "this", "please", "now", "thanks", "ok", "x"})
_US = frozenset({"you", "your"})
_ELSEWHERE = _OTHERS | {"call", "calls", "rang", "bus", "school", "near", "at", "station", "there", "who"}
_SHORT = 5  # words
_QUESTION_WORDS = (
    *("can", "could", "will", "would", "may", "how", "where", "what", "please", "is it possible", "do you mind"),
    *("why wont", "why dont", "why cant", "when will you", "when are you", "wont you", "are you"),
)


def asks_to_stop(text: str) -> bool:
    """Whether a text asks for no more texts, in English or in another language.

    >>> [asks_to_stop(text) for text in ("Dont txt me", "st0p", "stop and search", "I stopped the payment")]
    [True, True, False, False]
    """
    if _says_in_script(text) or says_in_signs(text):
        return True
    folded = fold(text)
    clauses = read_clauses(folded)
    if not clauses or _takes_back(clauses):
        return False
    if _opens_with_stop(clauses) and clauses[0].words[1:2] not in {("texting",), ("messaging",), ("contacting",)}:
        return True
    if _wants_texts(clauses):
        return False
    return (
        any(_says(clause) and not _is_turned(clauses, place) for place, clause in enumerate(clauses))
        or _opens_with_stop(clauses)
        or _ends_with_stop(folded, clauses)
        or any(_says_in_another_language(clause) for clause in clauses)
    )


def _says(clause: Clause) -> bool:
    text = _line(clause.words)
    if clause.question and not text.startswith(_QUESTION_WORDS):
        return False
    for at in _starts(text, "before"):
        asked = not clause.question or at > 0  # "Stop?" is a question about STOP; "can you stop?" is a request
        for section, afters in (("alone", ("after", "stop after")), ("bare", ("after",))):
            wholes = (one.match(text, at) for one in _each(section)) if asked else ()
            if any(whole is not None and _is_only(text[whole.end() :], afters) for whole in wholes):
                return True
        if _says_strongly(text, at):
            return True
    return any(_says_strongly(text, at) for at in _later_starts(clause.words))


def _says_strongly(text: str, at: int) -> bool:
    found = _pattern("strong").match(text, at)
    if found is None or _pattern("doubt").match(text, found.end()):
        return False
    # "Stop texting me" means us; "take me off their list" does not.
    return not _OUR_TEXTS.isdisjoint(found[0].split()) or _anywhere("doubt later").search(text, at) is None


def _later_starts(words: tuple[str, ...]) -> Iterator[int]:
    """Places after "so", "and", "please" and the like, but not inside reported speech to somebody else."""
    for place, word in enumerate(words[:-1]):
        asked_of_us = word == "to" and place > 0 and words[place - 1] == "you"  # "tells me to ask you to ..."
        if word not in _JOINING and not asked_of_us:
            continue
        if place and words[place - 1] in _REPORTING:
            continue
        if asked_of_us or word == "please" or _OTHERS.isdisjoint(words[:place]):
            text = _line(words[: place + 1])
            yield len(text)
            rest = _line(words[place + 1 :])
            yield from (len(text) + at for at in _starts(rest, "before") if at)


def _starts(text: str, section: str) -> Iterator[int]:
    """The beginning, and every place with only politeness and the like before it."""
    at = 0
    yield at
    while at < len(text) and (found := _pattern(section).match(text, at)):
        at = found.end()
        yield at


def _is_only(text: str, sections: tuple[str, ...]) -> bool:
    at = 0
    while at < len(text):
        ends = [found.end() for name in sections if (found := _pattern(name).match(text, at))]
        if not ends:
            return False
        at = max(ends)
    return True


def _opens_with_stop(clauses: list[Clause]) -> bool:
    """Whether the first word, apart from politeness, is STOP, and does not mean stopping somebody else."""
    words = list(clauses[0].words)
    while len(words) > 1 and words[0] in _POLITE:
        words.pop(0)
    if words[0] not in {"stop", "stopall"} or (len(words) == 1 and clauses[0].question):
        return False
    rest = _line(["all", *words[1:]] if words[0] == "stopall" and len(words) > 1 else words[1:])
    return not _pattern("else").match(rest) or _is_fine(rest)


def _is_fine(rest: str) -> bool:
    found = _pattern("fine").match(rest)
    if found is not None:
        return _pattern("doubt").match(rest, found.end()) is None
    return rest in {"it ", "this ", "that ", "these ", "those ", "all ", "any ", "them all "}


def _ends_with_stop(folded: str, clauses: list[Clause]) -> bool:
    """Whether the last word is STOP: in capitals when the rest is not, or after "please" and the like."""
    words = list(clauses[-1].words)
    while len(words) > 1 and words[-1] in _AFTER_LAST:
        words.pop()
    if words[-1] != "stop" or len(words) == 1 or clauses[-1].question:
        return False
    before = words[-2]
    if before in {"please", "just", "now", "kindly"}:
        return len(words) < 3 or words[-3] not in _REPORTING | _OTHERS
    if before in _BEFORE_LAST:
        return False
    shouted = folded.rstrip(" .!").endswith("STOP") and not folded.isupper()
    told_to_us = not _US.isdisjoint(words) or len(words) <= _SHORT
    return shouted or (told_to_us and _ELSEWHERE.isdisjoint(words))


def _is_turned(clauses: list[Clause], place: int) -> bool:
    """Whether the end of the clause before turns this one into its opposite ("never, ever, stop")."""
    turns = {"dont", "not", "never", "ever", "didnt", "without", "peidiwch", "paid"}
    return place > 0 and clauses[place - 1].words[-1] in turns


def _takes_back(clauses: list[Clause]) -> bool:
    text = _line([word for clause in clauses for word in clause.words])
    for found in _anywhere("takes back").finditer(text):
        before = text[: found.end()]
        if not any(one.end() > found.start() for one in _anywhere("takes back not").finditer(before)):
            return True
    return False


def _wants_texts(clauses: list[Clause]) -> bool:
    """Whether a clause asks for a text or a call instead: "do not ring, text me"."""
    return any(
        _pattern("wants texts").match(_line(clause.words))
        for clause in clauses
        if not clause.question and not _says(clause)
    )


def _says_in_another_language(clause: Clause) -> bool:
    text = _line(clause.words)
    for at in _starts(text, "other before"):
        whole = _pattern("other alone").match(text, at)
        if whole and not clause.question and _is_only(text[whole.end() :], ("other after",)):
            return True
        if not clause.question and _pattern("other strong").match(text, at):
            return True
    return False


def _says_in_script(text: str) -> bool:
    """Whether a text in another script asks to stop: one word by itself, or several within a sentence."""
    plain = _in_script(text)
    words, phrases, polite = _scripts()
    for one in polite:
        plain = f" {plain} ".replace(f" {one} ", " ").strip()
    if plain in words or plain in phrases:
        return True
    if any(f" {one} " in f" {plain} " for one in phrases):
        return True
    unspaced = plain.replace(" ", "")
    for one in polite:
        unspaced = unspaced.removeprefix(one).removesuffix(one)
    return unspaced in words or (len(unspaced) <= _SHORT_UNSPACED and any(one in unspaced for one in _unspaced()))


def _in_script(text: str) -> str:
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text[:2000]).casefold())
    kept = (one for one in lowered if not (unicodedata.category(one) == "Mn" and ord(one) < _FIRST_SPACING_MARK))
    cleaned = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in kept)
    return " ".join(unicodedata.normalize("NFC", cleaned).split())


@lru_cache(maxsize=1)
def _unspaced() -> tuple[str, ...]:
    """Phrases that count inside a sentence too, in the scripts without blanks between words."""
    return tuple(one for one in _scripts()[0] if len(one) > 2 and " " not in one and _UNSPACED.fullmatch(one))


_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
_SHORT_UNSPACED = 30
_FIRST_SPACING_MARK = 0x370  # marks below are accents of Latin and Greek; marks above are part of a word


@lru_cache(maxsize=1)
def _scripts() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    lists = {
        name: [_in_script(one) for line in _sections("stop_languages.txt")[name] for one in line.split("|")]
        for name in ("scripts", "script politeness")
    }
    said = [one for one in lists["scripts"] if one and not one.isascii()]
    polite = tuple(sorted((one for one in lists["script politeness"] if one), key=len, reverse=True))
    return frozenset(said), tuple(one for one in said if " " in one), polite


@lru_cache(maxsize=32)
def _sections(name: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for line in read_lines(f"replies/{name}"):
        if line.startswith("["):
            rows = sections.setdefault(line.strip("[]"), [])
        else:
            rows.append(line)
    return sections


@lru_cache(maxsize=32)
def _pattern(section: str) -> re.Pattern[str]:
    return re.compile(_source(section))


@lru_cache(maxsize=8)
def _each(section: str) -> tuple[re.Pattern[str], ...]:
    """The lines of a section one by one: a short one must not hide a longer one."""
    return tuple(map(re.compile, _line_sources(section)))


@lru_cache(maxsize=8)
def _anywhere(section: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^ ]){_source(section)}")


def _source(section: str) -> str:
    return "(?:" + "|".join(_line_sources(section)) + ")"


def _line_sources(section: str) -> list[str]:
    name = "stop_languages.txt" if section.startswith("other ") else "stop.txt"
    lines = _sections(name)[section.removeprefix("other ")]
    names = dict(line.split(": ", 1) for line in _sections("stop.txt")["names"])
    return [_line_source(_NAME.sub(lambda found: names[found[1]], line)) for line in lines]


def _line_source(line: str) -> str:
    if "(" not in line:
        return _choices_source(line)  # no brackets: the whole line is a choice
    return "".join("$" if part == "$" else _choices_source(part.strip("()")) for part in _PART.findall(line))


def _choices_source(choices: str) -> str:
    """A pattern of the choices, longest first, each with a blank after it; optional if one choice is empty."""
    words = sorted({one.strip() for one in choices.split("|")}, key=len, reverse=True)
    source = "|".join(re.escape(word) + " " for word in words if word)
    return f"(?:{source})" + ("?" if "" in words else "")


def _line(words: tuple[str, ...] | list[str]) -> str:
    return "".join(word + " " for word in words)
