"""The check for numbers in words that somebody could ring: zero one two one, one fifty-nine, wun oh wun.

Three digits in a row are such a number. So are two numbers side by side that are neither a year nor a time of day ("one
fifty-nine"), and a number of a hundred or more that counts nothing ("one hundred and one").
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText, Token
from ringback.alerting.wording.rules.lexicons import read_sections, read_words

_SIGNS = str.maketrans("013457", "oieast")  # "0ne", "s3ven"
COUNTED = (
    r"(?:people|persons?|men|women|adults|households|homes|numbers?|mobiles?|phones?|calls?|texts?|messages?|alerts?"
    r"|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|times|forces|police|officers?|countries"
    r"|arrests?|suspects?|reports?|per\s?cent|percent|%|million|thousand|m\b|bn|parts?|pages?|steps?|questions?|towns"
    r"|organisations?|websites?|criminals?|accounts?|others|or\s|of\s(?:us|them|you|the))"
)
"""Nouns that a number may count. A number without any explanation counts as one to ring."""

_COUNTING = re.compile(rf"\W{{0,3}}(?:[a-z]{{3,20}}\s){{0,2}}{COUNTED}")
_SHORTEST = 3
_LONGEST_WORD = 9
_LONGEST_GLUED = 100
_NOUN_BEFORE = frozenset({"a", "the", "this", "that", "your", "our", "each", "every", "one", "any", "last", "first"})
_BEFORE_A_TIME = frozenset({"at", "by", "from", "until", "till", "to", "about", "around", "since", "past", "and", "or"})
_BEFORE_A_TIME |= {"between", "after", "before", "of"}
_AFTER_A_TIME = frozenset({"am", "pm", "oclock", "in", "a", "p"})
_CENTURIES = frozenset({"nineteen", "twenty"})
_TENS = frozenset({"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"})
_SCALES = frozenset({"hundred", "thousand", "million"})


def find_spoken(folded: FoldedText) -> Iterator[Fault]:
    """Numbers in words, also spaced out, misspelt, or in other languages."""
    tokens = folded.tokens
    place = 0
    while place < len(tokens):
        words, after = _run_from(folded, place)
        if words and _is_spoken_number(folded, words, place, after):
            at, until = tokens[place].at, tokens[after - 1].until
            yield make_fault("phone_number", folded.text, *folded.original(at, until))
        place = max(after, place + 1)


def is_order_to_call(words: list[str], place: int) -> bool:
    """Whether a word asks for a call: "ring", but not "a ring"."""
    return words[place] in read_words("calling_verbs.txt") and (place == 0 or words[place - 1] not in _NOUN_BEFORE)


def _run_from(folded: FoldedText, place: int) -> tuple[list[str], int]:
    """The number words from a token on, and the place after the last of them."""
    tokens, words, after = folded.tokens, [], place
    while found := _number_at(folded, after):
        words.append(found[0])
        after = found[1]
        joined = _after_joining(tokens, after)
        if joined > after and _number_at(folded, joined):
            after = joined
        elif after + 1 < len(tokens) and tokens[after].word == "and" and tokens[after + 1].word == words[-1]:
            after += 1  # "nine, nine and nine"
    return words, after


def _after_joining(tokens: list[Token], place: int) -> int:
    """The place after words that merely join digits: "one, then nought", "one followed by zero"."""
    lists = read_sections("number_words.txt")
    after = place
    if after + 1 < len(tokens) and tokens[after].word == "and" and tokens[after + 1].word == "then":
        after += 1
    if after < len(tokens) and tokens[after].word in lists["joining"]:
        after += 1
        if after < len(tokens) and tokens[after].word in lists["joining by"]:
            after += 1
        return after
    return place


def _number_at(folded: FoldedText, place: int) -> tuple[str, int] | None:
    """The number word that begins at a token, joined from single letters if it is spaced out; and the place after."""
    tokens = folded.tokens
    lists = read_sections("number_words.txt")
    letters = ""
    for after in range(place, min(len(tokens), place + _LONGEST_WORD)):
        word = tokens[after].word
        letters += word.translate(_SIGNS) if word.translate(_SIGNS) in _number_words() else word
        if letters in _number_words() or (after == place and letters.isdigit()):
            return letters, after + 1
        if after == place and (letters in lists["odd"] or letters in lists["foreign"]):
            return letters, after + 1
        if (
            after == place
            and letters in lists["roman"]
            and folded.cased[tokens[place].at : tokens[place].until].isupper()
        ):
            return letters, after + 1
        if after == place and len(letters) <= _LONGEST_GLUED and _glued().sub("", letters) == "":
            return letters, after + 1
        if len(letters) > _LONGEST_WORD or (len(tokens[place].word) > 1 and after > place):
            return None
        if letters == "and" and place and tokens[place - 1].word in {"hundred", "thousand"}:
            return letters, after + 1
    return None


def _is_spoken_number(folded: FoldedText, words: list[str], place: int, after: int) -> bool:
    if all(word.isdigit() for word in words):
        return False  # digits alone are judged as digits
    if not any(word in _number_words() or _digits_said(word) > 1 for word in words) and len(words) < _SHORTEST:
        return False  # a single foreign word, or "I", or "won"
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
    tokens = folded.tokens
    before = [token.word for token in tokens[max(0, place - 3) : place]]
    ordered = [at for at in range(len(before)) if is_order_to_call(before, at)]
    if ordered and (len(words) > 1 or ordered[-1] == len(before) - 1):
        return True
    return _is_unexplained(folded, words, place, after)


def _is_unexplained(folded: FoldedText, words: list[str], place: int, after: int) -> bool:
    """Whether a number, or several side by side, count nothing and are neither a year nor a time."""
    tokens, numbers = folded.tokens, _numbers_in(words)
    if _COUNTING.match(folded.plain, tokens[after - 1].until):
        return False
    if len(numbers) == 1:
        return "hundred" in words and words[-1] != "hundred" and "thousand" not in words and "million" not in words
    if len(numbers) == 2 and (numbers[0][0] in _CENTURIES and len(numbers[0]) == 1):
        return False
    if any(token.ends_before or token.comma_before for token in tokens[place + 1 : after]):
        return False
    before = tokens[place - 1].word if place else ""
    following = tokens[after].word if after < len(tokens) else ""
    if len(numbers) == 2 and (before in _BEFORE_A_TIME or following in _AFTER_A_TIME):
        return False
    return any(word in read_sections("number_words.txt")["big"] for word in words)


def _numbers_in(words: Sequence[str]) -> list[list[str]]:
    """The words of a run, number by number: "one | fifty nine", "two hundred and five"."""
    numbers: list[list[str]] = []
    for word in words:
        last = numbers[-1][-1] if numbers else ""
        goes_on = (
            word in _SCALES
            or word == "and"
            or last in _SCALES
            or last == "and"
            or (last in _TENS and word not in _TENS and _digits_said(word) == 1)
        )
        if numbers and goes_on:
            numbers[-1].append(word)
        else:
            numbers.append([word])
    return numbers


def _digits_said(word: str) -> int:
    if word.isdigit():
        return len(word) if len(word) != 4 else 0  # four digits may be a year
    lists = read_sections("number_words.txt")
    if word in lists["big"] or word == "and":
        return 0
    if word in lists["triple"]:
        return 2  # three with the digit after it
    return len(_glued().findall(word)) or 1


@lru_cache(maxsize=1)
def _number_words() -> frozenset[str]:
    lists = read_sections("number_words.txt")
    return lists["units"] | lists["double"] | lists["triple"] | lists["big"]


@lru_cache(maxsize=1)
def _glued() -> re.Pattern[str]:
    return re.compile("|".join(sorted(read_sections("number_words.txt")["glued"])))
