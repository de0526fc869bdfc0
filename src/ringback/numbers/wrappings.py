"""Takes off what is wrapped around a number in a plain text: the steps of `cleaning.clean_number` as loops."""

import numpy as np

from ringback.jit import compiled
from ringback.numbers.folding import Bytes, strip

_OPENED, _CLOSED, _AT, _PERCENT, _MORE, _DOT, _BLANK, _PLUS, _EQUALS, _SLASH = b"<>@%;. +=/"
_ZERO, _NINE, _E = b"09e"
_BEHIND_USER, _DECIMAL_MARKS, _SEPARATORS = b"?:", b".,", b" -/"
_SIP, _SIPS, _TEL = b"sip:", b"sips:", b"tel:"
_QUOTES = b"\"'`"
_HIDING_CODES = (b"*67", b"*82", b"*31#", b"#31#")
_EXTENSIONS = (b"extension", b"extn", b"ext")
_AFTER_EXTENSION = b".:="
_X, _HASH = b"x#"
_LONGEST_EXTENSION = 7
_BEFORE_EXTENSION = b"0123456789)]."
_IDD = (b"00", b"011")
_LONGEST_CODE = 3  # of a country
_OPEN_BRACKETS, _CLOSED_BRACKETS = b"([", b")]"
ZERO_IN_BRACKETS = 3  # the length of `(0)`
_LONGEST_WHOLE, _LONGEST_EXPONENT = 3, 2
# What `read_scientific` finds: no number with an exponent; one with all its digits; one that lost some.
NOT_SCIENTIFIC, SCIENTIFIC, EATEN = range(3)


@compiled
def unbracket(text: Bytes, start: int, end: int) -> tuple[int, int]:
    """Where the text inside angle brackets begins and ends; the whole text where there is none.

    Args:
        text: Plain characters, letters in lower case.
        start: Where it begins.
        end: Where it ends; it has no blanks around it.
    """
    closed = _find_last(text, start, end, _CLOSED)
    opened = _find_last(text, start, closed, _OPENED) if closed < end else end
    return strip(text, opened + 1, closed) if opened < closed < end else (start, end)


@compiled
def read_address(text: Bytes, start: int, end: int) -> tuple[int, int, bool]:
    """Where the number of an address begins and ends, and whether that is known; the whole text where there is none.

    It is unknown where an address has percent signs, or a context that belongs in front of the number.
    """
    tel = _begins(text, start, end, _TEL)
    if tel:
        address = start + len(_TEL)
    elif _begins(text, start, end, _SIP):
        address = start + len(_SIP)
    elif _begins(text, start, end, _SIPS):
        address = start + len(_SIPS)
    else:
        return start, end, True
    if address + 1 < end and text[address] == _SLASH and text[address + 1] == _SLASH:
        address += 2
    # In a SIP address the user ends at the host, at a port or at a password; the number ends at the first parameter.
    host, user_end, number_end, dotted, known = end, end, end, False, True
    for at in range(address, end):
        byte = text[at]
        if byte == _AT and not tel:
            host = at
            break
        dotted |= byte == _DOT
        if user_end < end:
            continue
        if _is_one_of(byte, _BEHIND_USER) and not tel:
            user_end = at
        elif byte == _MORE:
            number_end = min(number_end, at)
        elif byte == _PERCENT or (byte == _EQUALS and at + 1 < end and text[at + 1] == _PLUS):
            known = False
    if not tel and host == end and dotted:
        return start, end, True  # a bare host: its digits are a machine's address
    start, end = strip(text, address, min(host, user_end, number_end))
    return start, end, known


@compiled
def unquote(text: Bytes, start: int, end: int) -> tuple[int, int]:
    """Where a text begins and ends without the quotes around it, and without a spreadsheet's `=` in front."""
    while start < end and (text[start] == _EQUALS or _is_one_of(text[start], _QUOTES)):
        start += 1
    while start < end and _is_one_of(text[end - 1], _QUOTES):
        end -= 1
    return strip(text, start, end)


@compiled
def read_scientific(text: Bytes, start: int, end: int, most_digits: int) -> tuple[int, int, int]:
    """A number with an exponent: which of the three it is, its digits, and the count of its digits.

    Args:
        text: Plain characters, letters in lower case.
        start: Where it begins.
        end: Where it ends.
        most_digits: How many digits are kept: where the count is higher, the digits are incomplete.
    """
    digits, length, whole, zeros = 0, 0, 0, 0
    at, exponent, exponent_length = start, 0, 0
    part = 0  # 0 before the decimal mark, 1 behind it, 2 in the exponent
    signed = False
    while at < end:
        byte = text[at]
        at += 1
        if byte == _BLANK:
            continue
        if _ZERO <= byte <= _NINE:
            if part == 2:
                exponent = exponent * 10 + (int(byte) - _ZERO)
                exponent_length += 1
                continue
            length += 1
            whole += part == 0
            zeros = zeros + 1 if byte == _ZERO else 0
            if length <= most_digits:
                digits = digits * 10 + (int(byte) - _ZERO)
        elif part == 0 and _is_one_of(byte, _DECIMAL_MARKS):
            part = 1
        elif part < 2 and byte == _E and (part == 0 or length > whole):
            part = 2
        elif part == 2 and byte == _PLUS and not signed and exponent_length == 0:
            signed = True
        else:
            return NOT_SCIENTIFIC, 0, 0
    if not 1 <= whole <= _LONGEST_WHOLE or not 1 <= exponent_length <= _LONGEST_EXPONENT:
        return NOT_SCIENTIFIC, 0, 0
    extra = length - whole - exponent
    if extra < 0 or min(zeros, length - whole) < extra:
        return EATEN, 0, 0
    if length <= most_digits:
        for _place in range(extra):
            digits //= 10
    return SCIENTIFIC, digits, length if length > most_digits else length - extra


@compiled
def close_up(text: Bytes, start: int, end: int) -> int:
    """Take blanks, dashes and slashes out of a text in place; returns where it now ends."""
    size = start
    for at in range(start, end):
        byte = text[at]
        text[size] = byte
        size += not _is_one_of(byte, _SEPARATORS)
    return size


@compiled
def skip_hiding_codes(text: Bytes, start: int, end: int) -> int:
    """Where a text goes on behind codes that withhold or release the caller's number."""
    more = True
    while more:
        more = False
        for code in _HIDING_CODES:
            if _begins(text, start, end, code):
                start += len(code)
                more = True
    return start


@compiled
def cut_extension(text: Bytes, start: int, end: int) -> int:
    """Where a text ends without an extension."""
    last = end
    while last > start and _ZERO <= text[last - 1] <= _NINE:
        last -= 1
    if not 1 <= end - last <= _LONGEST_EXTENSION:
        return end
    at = last
    while at > start and _is_one_of(text[at - 1], _AFTER_EXTENSION):
        at -= 1
    cut = end
    for word in _EXTENSIONS:
        if cut == end and at - len(word) >= start and _begins(text, at - len(word), at, word):
            cut = at - len(word)
    if cut == end:
        if last > start and (text[last - 1] == _X or text[last - 1] == _HASH):
            cut = last - 1
        elif last - 1 > start and text[last - 1] == _DOT and text[last - 2] == _X:
            cut = last - 2
    if cut == end:
        return end
    if cut > start and text[cut - 1] == _MORE:
        cut -= 1
    return cut if cut > start and _is_one_of(text[cut - 1], _BEFORE_EXTENSION) else end


@compiled
def find_zero(text: Bytes, start: int, end: int) -> int:
    """Where a bracketed zero after a country code begins; the end where there is none."""
    at = start
    if at < end and _is_one_of(text[at], _OPEN_BRACKETS):
        at += 1
    if at < end and text[at] == _PLUS:
        at += 1
    else:
        for idd in _IDD:
            if _begins(text, at, end, idd):
                at += len(idd)
                break
    first = at
    while at < end and at - first < _LONGEST_CODE and _ZERO <= text[at] <= _NINE:
        at += 1
    if at == first or text[first] == _ZERO:
        return end
    if at < end and _is_one_of(text[at], _CLOSED_BRACKETS):
        at += 1
    if at < end and text[at] == _DOT:
        at += 1
    if at + ZERO_IN_BRACKETS > end or text[at + 1] != _ZERO:
        return end
    return at if _is_one_of(text[at], _OPEN_BRACKETS) and _is_one_of(text[at + 2], _CLOSED_BRACKETS) else end


@compiled
def _begins(text: Bytes, start: int, end: int, mark: bytes) -> bool:
    if end - start < len(mark):
        return False
    for step in range(len(mark)):  # noqa: SIM110 - no generator can be compiled
        if text[start + step] != mark[step]:
            return False
    return True


@compiled
def _is_one_of(byte: np.uint8, marks: bytes) -> bool:
    for mark in marks:  # noqa: SIM110 - no generator can be compiled
        if byte == mark:
            return True
    return False


@compiled
def _find_last(text: Bytes, start: int, end: int, mark: int) -> int:
    """The last place of a byte; the end where it does not occur."""
    for at in range(end - 1, start - 1, -1):
        if text[at] == mark:
            return at
    return end
