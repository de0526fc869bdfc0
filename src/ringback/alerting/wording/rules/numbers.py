"""The check for numbers in digits that somebody could ring or text. `lettered_numbers` and `spoken_numbers` do others.

Every number needs a reason to be there (a date, a time, a count). A number without one counts as one to ring.
"""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.lettered_numbers import find_lettered
from ringback.alerting.wording.rules.spoken_numbers import COUNTED, find_spoken, is_order_to_call

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_BENIGN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d/.-]){_DAY}[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|\d\d)(?![\d/-]|\.\d)",
        rf"(?<![\d/.-]){_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d/-])",
        rf"(?<!\d){_DAY}(?:\s?(?:,|-|/|&|to|and|or)\s?{_DAY}){{0,4}}(?=(?:\s|\sof\s|-)?\s?{_MONTH})",
        rf"(?<=[a-z])(?<!\d)\s(?:the\s)?{_DAY}(?!\d)",
        rf"(?<![\d.,/-]){_YEAR}(?:\s?[-/]\s?(?:{_YEAR}|\d\d))?(?!\d|[.,/-]\d)",
        r"(?<![\d.:/-])(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d|[.:/]\d)",
        rf"(?<![\d.,])[1-9]\d{{0,2}}(?:,\d{{3}}){{1,2}}(?=\s?{COUNTED}|\s[a-z]{{3,}}\s?{COUNTED})(?!,?\d)",
        rf"(?<![\d.,])[1-9]\d{{0,6}}(?:\.\d)?(?:\s?-\s?[1-9]\d{{0,3}})?(?=\s?{COUNTED})",
        r"(?<!\d)24\s?/\s?7(?!\d)",
        r"(?<=[£$€¥])\s?\d[\d,.]{0,15}",  # an amount: another check reports it
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


def find_numbers(folded: FoldedText) -> Iterator[Fault]:
    """Numbers to ring or text: in digits, in look-alike letters, in words."""
    yield from _find_in_digits(folded)
    yield from find_lettered(folded)
    yield from find_spoken(folded)


def _find_in_digits(folded: FoldedText) -> Iterator[Fault]:
    plain = _TOKEN_OF_DIGITS.sub(lambda found: found[0].translate(_AS_DIGITS), folded.plain)
    benign = list(_benign(plain))
    for run in _RUN.finditer(plain):
        inside = [(at, until) for at, until in benign if at < run.end() and until > run.start()]
        open_digits = [
            place
            for place in range(run.start(), run.end())
            if plain[place].isdigit() and not any(at <= place < until for at, until in inside)
        ]
        if len(inside) > _MOST_EXPLAINED or len(open_digits) >= _SHORTEST or _is_called(plain, run, open_digits):
            yield make_fault("phone_number", folded.text, *folded.original(run.start(), run.end()))


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
    return any(is_order_to_call(words, place) for place in range(len(words)))
