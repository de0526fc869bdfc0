"""One-time codes in a message: whoever asks for one is most likely a criminal, however genuine the message is."""

import re

_WORD = (
    r"(?:one[ -]?time|verification|security|access|log[ -]?in|confirmation|authori[sz]ation)?\s*"
    r"(?:pass ?codes?|codes?|otp|pins?|passwords?)"
)
_DIGITS = r"(?<![\w£$€.,/-])(?:\d{4,8}|\d{3}[ -]\d{3})(?![\w%/-]|[.,]\d)"
_NEAR = r"[^\n]{0,40}?"
_CODE = re.compile(rf"\b{_WORD}\b{_NEAR}{_DIGITS}|{_DIGITS}{_NEAR}\b{_WORD}\b", re.IGNORECASE)
_NOT_A_CODE = re.compile(r"\b(?:post|promo|discount|voucher|sort|dress|qr|bar)[ -]?codes?\b", re.IGNORECASE)


def holds_code(text: str) -> bool:
    """Whether a message holds a one-time code.

    >>> holds_code("Your one-time passcode is 482913. Do not share this code with anyone")
    True
    >>> holds_code("482 913 is your login code"), holds_code("Use promo code 2023 for 10% off"), holds_code("Pay £4829")
    (True, False, False)
    """
    return bool(_CODE.search(_NOT_A_CODE.sub("", text)))
