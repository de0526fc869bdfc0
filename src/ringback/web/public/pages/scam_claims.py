"""Whether a message says that it is one of our texts, and whether it can be."""

import re

from ringback.signs.check import Check
from ringback.signs.words import Words
from ringback.web.public.pages.check_form import find_reference

# None of our texts has any of these: the rules of their wording forbid them.
_NEVER_OURS = ("link_", "phone_", "free_mail")


def claims_to_be_ours(text: str, force: str) -> bool:
    """Whether a message has a reference like ours in it, or the force's name and the word "reference".

    Args:
        text: The message.
        force: Whose texts ours are.

    >>> claims_to_be_ours("Alert reference: BCDF-GHJK-MNZ.", "Example Police")
    True
    >>> claims_to_be_ours("Example  police: quote your reference 12", "Example Police")
    True
    >>> claims_to_be_ours("Your reference is ABCD-EFGH-IJK", "Example Police")
    False
    """
    seen = Words(text).folded
    if find_reference(text) or find_reference(seen):
        return True
    plain = " ".join(seen.casefold().split())
    name = re.escape(" ".join(force.casefold().split()))
    return "reference" in plain and bool(re.search(rf"(?<!\w){name}(?!\w)", plain))


def cannot_be_ours(check: Check) -> bool:
    """Whether a message has a link, a number to ring or an address to write to, which no text of ours has."""
    return any(one.name.startswith(_NEVER_OURS) for one in check.facts)
