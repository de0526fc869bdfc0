"""Sums of money as people in the UK, and exports of other centres, write them: to pence. Pure."""

import re
from decimal import Decimal
from typing import Literal

from ringback.victim_reports.content import LARGEST_LOSS_PENCE
from ringback.victim_reports.faults import AnswerFault

DecimalMark = Literal[".", ","]

_UNITS = {
    "": 1, "k": 1_000, "thousand": 1_000, "grand": 1_000, "m": 1_000_000, "mn": 1_000_000, "million": 1_000_000,
}  # fmt: skip
_SUM = re.compile(
    r"(?P<minus>[-\u2212(]?)\s*(?:£|gbp|l\.)?\s*(?P<minus2>[-\u2212]?)\s*(?P<digits>\d[\d.,'\u2019 ]*?)\s*"
    r"(?P<unit>k|m|mn|thousand|grand|million)?\s*(?:£|gbp|pounds?(?: sterling)?|quid)?\)?[.]?",
    re.ASCII,
)
_FOREIGN = re.compile(r"[$€¥₿₽₹]|\b(?:usd|eur|btc|eth|usdt|dollars?|euros?|bitcoins?)\b")
_NOTHING = frozenset({"0", "none", "nil", "nothing", "no", "no loss", "n/a"})
_COMMA_FRACTION = re.compile(r"[^\d]*\d[\d.' ]*,\d{2}[^\d]*")
_POINT_FRACTION = re.compile(r"[^\d]*\d[\d,' ]*\.\d{1,2}[^\d]*")


def says_nothing_lost(text: str) -> bool:
    """Whether an answer means that no money is lost.

    >>> says_nothing_lost("None"), says_nothing_lost("£0.00"), says_nothing_lost("£5")
    (True, True, False)
    """
    plain = text.strip().casefold().removesuffix(".")
    return plain in _NOTHING or (bool(re.fullmatch(r"[^\w]*0+(?:[.,]0+)?[^\w]*(?:gbp|pounds?)?", plain)))


def read_pence(text: str, *, decimal: DecimalMark | None = None) -> int:
    """A sum in pence.

    Args:
        text: What was typed.
        decimal: The mark before pence where that is known of a whole column; None for what one text shows.

    Raises:
        AnswerFault: `unreadable_sum`, `unclear_sum`, `not_sterling`, `not_positive` or `too_large`.

    >>> read_pence("£1,200.50"), read_pence("3m"), read_pence("1.200,50")
    (120050, 300000000, 120050)
    """
    plain = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split()).casefold()
    if _FOREIGN.search(plain):
        raise AnswerFault("not_sterling")
    found = _SUM.fullmatch(plain)
    if found is None:
        raise AnswerFault("unreadable_sum")
    unit = _UNITS[found["unit"] or ""]
    pounds = _pounds(found["digits"].strip(), decimal, exact=unit == 1)
    pence = pounds * unit * 100
    if found["minus"] or found["minus2"] or pence <= 0:
        raise AnswerFault("not_positive")
    if pence > LARGEST_LOSS_PENCE:
        raise AnswerFault("too_large")
    if pence != int(pence):
        raise AnswerFault("unreadable_sum")
    return int(pence)


def find_decimal_mark(texts: list[str]) -> DecimalMark | None:
    """The mark before pence in a column of sums, where some of its values show it and none shows the other one.

    >>> find_decimal_mark(["1.200", "7,50"]), find_decimal_mark(["1,200", "12.50"]), find_decimal_mark(["1,200"])
    (',', '.', None)
    """
    comma = any(_COMMA_FRACTION.fullmatch(one.strip()) for one in texts)
    point = any(_POINT_FRACTION.fullmatch(one.strip()) for one in texts)
    if comma == point:
        return None
    return "," if comma else "."


def show_pence(pence: int) -> str:
    """A sum for people.

    >>> show_pence(120050), show_pence(300)
    ('£1,200.50', '£3')
    """
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}.{rest:02}" if rest else f"£{pounds:,}"


def _pounds(digits: str, decimal: DecimalMark | None, *, exact: bool) -> Decimal:
    """Pounds from digits with marks.

    Args:
        digits: Digits, commas, points, blanks and apostrophes.
        decimal: The mark before pence, if known.
        exact: Whether it is pounds and pence; else thousands or millions, which may have more decimals.
    """
    bare = re.sub(r"['\u2019 ]", "", digits)
    # Blanks and apostrophes separate thousands, and nothing else.
    if bare != digits and not re.fullmatch(r"\d{1,3}(?:['\u2019 ]\d{3})+(?:[.,]\d{1,2})?", digits):
        raise AnswerFault("unreadable_sum")
    marks = {mark for mark in ",." if mark in bare}
    if not marks:
        return Decimal(bare)
    last = max(bare.rfind(","), bare.rfind("."))
    mark, fraction = bare[last], bare[last + 1 :]
    if len(marks) == 2:
        whole, other = bare[:last], "," if mark == "." else "."
        if mark in whole or not _is_grouped(whole, other) or len(fraction) > 2:
            raise AnswerFault("unreadable_sum")
        return Decimal(whole.replace(other, "") + "." + fraction)
    if bare.count(mark) > 1:
        return _grouped(bare, mark)
    if not exact:
        # 1.250m: nobody separates the thousands of millions.
        return Decimal(bare.replace(",", ".").rstrip("."))
    if len(fraction) <= 2 and fraction:
        return Decimal(bare.replace(",", "."))
    if len(fraction) == 3 and _is_grouped(bare, mark):
        # A comma separates thousands here in the UK; a point does only where commas stand before pence.
        if decimal == mark or (mark == "." and decimal is None):
            raise AnswerFault("unclear_sum")
        return _grouped(bare, mark)
    raise AnswerFault("unreadable_sum")


def _is_grouped(digits: str, mark: str) -> bool:
    return bool(re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})*", digits))


def _grouped(digits: str, mark: str) -> Decimal:
    if not _is_grouped(digits, mark):
        raise AnswerFault("unreadable_sum")
    return Decimal(digits.replace(mark, ""))
