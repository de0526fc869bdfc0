"""The checks for numbers that somebody could ring or text: in digits, in words, and in both.

Every number has to have a reason to be there (a date, a time, a count); what has none is taken for one to ring.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from ringback.alerting.linting.cues import read_sections, read_words
from ringback.alerting.linting.faults import Fault, make_fault
from ringback.alerting.linting.reading import Reading, Token

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_COUNTED = (
    r"(?:people|persons?|men|women|adults|households|homes|numbers?|mobiles?|phones?|calls?|texts?|messages?|alerts?"
    r"|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|times|forces|police|officers?|countries"
    r"|arrests?|suspects?|reports?|per\s?cent|percent|%|million|thousand|m\b|bn|parts?|pages?|steps?|questions?|towns"
    r"|organisations?|websites?|criminals?|accounts?|others|or\s|of\s(?:us|them|you|the))"
)
_BENIGN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d/.-]){_DAY}[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|\d\d)(?![\d/-]|\.\d)",
        rf"(?<![\d/.-]){_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d/-])",
        rf"(?<!\d){_DAY}(?:\s?(?:,|-|/|&|to|and|or)\s?{_DAY}){{0,4}}(?=(?:\s|\sof\s|-)?\s?{_MONTH})",
        rf"(?<=[a-z])(?<!\d)\s(?:the\s)?{_DAY}(?!\d)",
        rf"(?<![\d.,/-]){_YEAR}(?:\s?[-/]\s?(?:{_YEAR}|\d\d))?(?!\d|[.,/-]\d)",
        r"(?<![\d.:/-])(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d|[.:/]\d)",
        rf"(?<![\d.,])[1-9]\d{{0,2}}(?:,\d{{3}}){{1,2}}(?=\s?{_COUNTED}|\s[a-z]{{3,}}\s?{_COUNTED})(?!,?\d)",
        rf"(?<![\d.,])[1-9]\d{{0,6}}(?:\.\d)?(?:\s?-\s?[1-9]\d{{0,3}})?(?=\s?{_COUNTED})",
        r"(?<!\d)24\s?/\s?7(?!\d)",
        r"(?<=[£$€¥])\s?\d[\d,.]{0,15}",  # an amount: a fault of another kind
    )
)
_DAY_AFTER_MONTH = 3  # place in _BENIGN of a day that needs a month before it
_MONTH_BEFORE = re.compile(rf"{_MONTH}$")
_RUN = re.compile(r"\d(?:[\s().\-/,*_'|:~+;\"#=]{0,4}\d)*")
_TOKEN_OF_DIGITS = re.compile(r"(?<![^\W_])(?=[oil|]*\d)[oil|\d]{3,}(?![^\W_])")
_AS_DIGITS = str.maketrans("oil|", "0111")
_MOST_EXPLAINED = 3
_SHORTEST = 3
_BEFORE_SHORT = re.compile(r"([a-z]{2,10})((?:\s[a-z]{1,10}){0,3})[\s:]{0,3}$")

_LONGEST_WORD = 9
_LONGEST_GLUED = 100
_NOUN_BEFORE = frozenset({"a", "the", "this", "that", "your", "our", "each", "every", "one", "any", "last", "first"})


def find_numbers(reading: Reading) -> Iterator[Fault]:
    """Numbers to ring or text, however they are written."""
    yield from _find_in_digits(reading)
    yield from _find_in_words(reading)


def _find_in_digits(reading: Reading) -> Iterator[Fault]:
    plain = _TOKEN_OF_DIGITS.sub(lambda found: found[0].translate(_AS_DIGITS), reading.plain)
    benign = list(_benign(plain))
    for run in _RUN.finditer(plain):
        inside = [(at, until) for at, until in benign if at < run.end() and until > run.start()]
        open_digits = [
            place
            for place in range(run.start(), run.end())
            if plain[place].isdigit() and not any(at <= place < until for at, until in inside)
        ]
        if len(inside) > _MOST_EXPLAINED or len(open_digits) >= _SHORTEST or _is_called(plain, run, open_digits):
            yield make_fault("phone_number", reading.text, *reading.original(run.start(), run.end()))


def _benign(plain: str) -> Iterator[tuple[int, int]]:
    for place, pattern in enumerate(_BENIGN):
        for found in pattern.finditer(plain):
            if place != _DAY_AFTER_MONTH or _MONTH_BEFORE.search(plain, max(0, found.start() - 12), found.start()):
                yield found.span()


def _is_called(plain: str, run: re.Match[str], open_digits: list[int]) -> bool:
    if not open_digits:
        return False
    before = _BEFORE_SHORT.search(plain, max(0, run.start() - 50), run.start())
    if before is None:
        return False
    words = [before[1], *before[2].split()]
    return any(_is_order_to_call(words, place) for place in range(len(words)))


def _is_order_to_call(words: list[str], place: int) -> bool:
    return words[place] in read_words("calling_verbs.txt") and (place == 0 or words[place - 1] not in _NOUN_BEFORE)


def _find_in_words(reading: Reading) -> Iterator[Fault]:
    tokens = reading.tokens
    place = 0
    while place < len(tokens):
        run: list[tuple[str, int, int]] = []
        after = place
        while found := _number_at(tokens, after):
            run.append((found[0], after, found[1]))
            after = found[1]
        if run and _is_spoken_number([word for word, _, _ in run], tokens, place):
            at, until = tokens[place].at, tokens[after - 1].until
            yield make_fault("phone_number", reading.text, *reading.original(at, until))
        place = max(after, place + 1)


def _number_at(tokens: list[Token], place: int) -> tuple[str, int] | None:
    """The number word that begins at a token, put together from single letters where it is spaced out."""
    letters = ""
    for after in range(place, min(len(tokens), place + _LONGEST_WORD)):
        letters += tokens[after].word
        if letters in _number_words() or (after == place and letters.isdigit()):
            return letters, after + 1
        if after == place and len(letters) <= _LONGEST_GLUED and _glued().sub("", letters) == "":
            return letters, after + 1
        if len(letters) > _LONGEST_WORD or (len(tokens[place].word) > 1 and after > place):
            return None
        if letters == "and" and place and tokens[place - 1].word in {"hundred", "thousand"}:
            return letters, after + 1
    return None


def _is_spoken_number(words: list[str], tokens: list[Token], place: int) -> bool:
    if all(word.isdigit() for word in words):
        return False  # digits alone are judged as digits
    said = 0
    longest = 0
    for word in words:
        count = _digits_said(word)
        said = said + count if count else 0
        longest = max(longest, said)
    lists = read_sections("number_words.txt")
    starts_with_zero = words[0] in lists["zeros"] and (len(words) > 1 or longest > 1)
    if longest >= _SHORTEST or starts_with_zero or (words[0] in lists["triple"] and len(words) > 1):
        return True
    before = [token.word for token in tokens[max(0, place - 3) : place]]
    ordered = [at for at in range(len(before)) if _is_order_to_call(before, at)]
    return bool(ordered) and (len(words) > 1 or ordered[-1] == len(before) - 1)


def _digits_said(word: str) -> int:
    if word.isdigit():
        return len(word) if len(word) != 4 else 0  # four digits may well be a year
    lists = read_sections("number_words.txt")
    if word in lists["big"] or word == "and":
        return 0
    if word in lists["triple"]:
        return 2  # with the digit after it, three
    return len(_glued().findall(word)) or 1


@lru_cache(maxsize=1)
def _number_words() -> frozenset[str]:
    lists = read_sections("number_words.txt")
    return lists["units"] | lists["double"] | lists["triple"] | lists["big"]


@lru_cache(maxsize=1)
def _glued() -> re.Pattern[str]:
    return re.compile("|".join(sorted(read_sections("number_words.txt")["glued"])))
