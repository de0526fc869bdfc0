"""Wordings in other languages than English. A named reader of the language must approve each exact text."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslationApproval:
    """The approval of one exact text by a named approver who reads its language.

    Attributes:
        language: Code of the language, such as "cy".
        approver: Who read it.
        text_sha256: `approved_text_hash` of the approved text.
    """

    language: str
    approver: str
    text_sha256: str


def approved_text_hash(text: str, reference: str) -> str:
    """SHA-256 of a rendered text. It does not depend on the reference.

    >>> approved_text_hash("Ref AB", "AB") == approved_text_hash("Ref CD", "CD")
    True
    """
    return hashlib.sha256(text.replace(reference, "{reference}").encode("utf-8", "surrogatepass")).hexdigest()
