"""The checks for what an alert has to say: who writes, what happened, where to look, and its reference, once."""

import re
from collections.abc import Iterator

from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import MASK, FoldedText
from ringback.alerting.wording.rules.lexicons import read_cues
from ringback.alerting.wording.sms_segments import MOST_CHARACTERS

_REFERENCE = re.compile(r"(?=[0-9-]*[A-Z])[A-Z0-9]{2,}(?:-[A-Z0-9]+){0,8}")
_MASKED = re.compile(f"{MASK}+")


def is_reference(reference: str) -> bool:
    """Whether something can be an alert's reference: capitals and digits in groups, one letter at least.

    >>> is_reference("7KQM-3TX9-2"), is_reference("020-7946-0123"), is_reference("")
    (True, False, False)
    """
    return _REFERENCE.fullmatch(reference) is not None


def find_missing(folded: FoldedText, *, force: str, website: str, english: bool) -> Iterator[Fault]:
    """What has to be there and is not, and a reference that is there again.

    Args:
        folded: The text, with its reference masked.
        force: Who writes.
        website: The website named in words.
        english: Whether what happened has to be said in English.
    """
    text = folded.text
    if not folded.find_phrase(force):
        yield make_fault("force_missing", text, 0, 0, shown=f'"{force}"')
    if english and next(folded.matches(read_cues("happenings.txt")), None) is None:
        yield make_fault("called_missing", text, 0, 0)
    if not folded.find_phrase(website):
        yield make_fault("website_missing", text, 0, 0, shown=f'"{website}"')
    references = list(_MASKED.finditer(folded.plain))
    if not references:
        yield make_fault("reference_missing", text, 0, 0)
    for again in references[1:]:
        yield make_fault("reference_repeated", text, *folded.original(again.start(), again.end()))
    if len(text) > MOST_CHARACTERS:
        yield make_fault("too_long", text, MOST_CHARACTERS, len(text), shown=str(MOST_CHARACTERS))
