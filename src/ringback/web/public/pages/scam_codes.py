"""One-time codes in a message: whoever asks for one is most likely a criminal, however genuine the message is.

A code that is missed costs more than a number that is taken for one: the headline of the answer hangs on it.
"""

import re

from ringback.signs.words import Words

_WORD = re.compile(r"\b(?:pass[ -]?c[o0]des?|c[o0]des?|[o0]tps?|pins?|pass[ -]?w[o0]rds?)\b")
# Codes that are for everybody.
_PUBLIC = re.compile(
    r"\b(?:post|promo|promotional|discount|voucher|gift|offer|referral|coupon|sort|dress|qr|bar|zip|area|country"
    r"|dialling|error|tax|product|item|short|highway)[ -]?codes?\b"
)
# All the digits that stand together, however they are grouped: a phone number is one run, and so is a code. No money,
# date, time, share or part of a word; but a code may begin as "G-482913" does.
_RUN = re.compile(r"(?<![\w£$€+.,:/#-])(?:[a-z]{1,3}-)?(?P<digits>\d(?:[ \u00a0-]?\d){3,24})(?!\w|%|[.,:/-]\d)")
_DATE_OR_SORT_CODE = re.compile(r"\d{1,2}-\d{1,2}-\d{2,4}|\d{4}-\d{1,2}-\d{1,2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What numbers are called, or done with, that are no codes.
_LABEL = re.compile(
    r"\b(?:ending(?: in| with)?|ref(?:erence)?|account|acct|order|invoice|booking|policy|customer|case|claim|tracking"
    r"|parcel|flight|ring|call|dial|phone|text|to|on|in|by|since|until|of)(?: (?:number|no\.?|is))*[: ]*$"
)
_SAYS = re.compile(r"(?:is|are|:|=|-|–)?\s*$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_TYPED = re.compile(r"\b(?:use|enter|type|input)\s+$")
_FEWEST, _MOST = 4, 8


def holds_code(text: str) -> bool:
    """Whether a message holds a one-time code: a word such as code, passcode, OTP or PIN, and 4 to 8 digits.

    The digits stand in the sentence of the word, or begin a sentence. "Use 482913 to sign in" needs no such word.

    >>> holds_code("Your one-time passcode is 482913. Do not share this code with anyone")
    True
    >>> holds_code("482 913 is your login code"), holds_code("Use promo code 2023 for 10% off"), holds_code("Pay £4829")
    (True, False, False)
    """
    plain = _PUBLIC.sub("", Words(text).folded.lower())
    named = bool(_WORD.search(plain))
    for sentence in _SENTENCE.split(plain):
        beside = named and bool(_WORD.search(sentence))
        if any(_is_code(sentence, run, named=named, beside=beside) for run in _runs(sentence)):
            return True
    return False


def _runs(sentence: str) -> list[re.Match[str]]:
    """The digits in a sentence that may be a code."""
    return [
        run
        for run in _RUN.finditer(sentence)
        if _FEWEST <= sum(map(str.isdigit, run["digits"])) <= _MOST and not _DATE_OR_SORT_CODE.fullmatch(run["digits"])
    ]


def _is_code(sentence: str, run: re.Match[str], *, named: bool, beside: bool) -> bool:
    """Whether digits are a code, where such a word is in the message (`named`), and in their sentence (`beside`)."""
    # The words just before it are enough, so that a long sentence of many numbers takes no longer.
    before = sentence[max(0, run.start() - 60) : run.start()]
    if _TYPED.search(before) and sentence[run.end() : run.end() + 9].lstrip().startswith("to "):
        return True
    if not named:
        return False
    word = max(_WORD.finditer(before), key=re.Match.end, default=None)
    if word and _SAYS.fullmatch(before[word.end() :].strip()):
        return True
    if _LABEL.search(before) or _YEAR.fullmatch(run["digits"]):
        return False
    return beside or not before.strip(" -:>*\"'(")
