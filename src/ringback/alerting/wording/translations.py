"""A wording in another language than English: blocked until somebody named who reads it has read that exact text."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslationApproval:
    """A named approver who reads the language has read one exact text.

    Attributes:
        language: Code of the language, such as "cy".
        approver: Who read it.
        text_sha256: `approved_text_hash` of what was read.
    """

    language: str
    approver: str
    text_sha256: str


def approved_text_hash(text: str, reference: str) -> str:
    """SHA-256 of a rendered text, the same whatever its reference.

    >>> approved_text_hash("Ref AB", "AB") == approved_text_hash("Ref CD", "CD")
    True
    """
    return hashlib.sha256(text.replace(reference, "{reference}").encode("utf-8", "surrogatepass")).hexdigest()
