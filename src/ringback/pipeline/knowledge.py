"""What must be known about who is attributed and who is no victim, before anybody is warned (product rule 14)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringback import schemas as t
from ringback.engine.duckdb import DuckDBEngine


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no exhibit says.

    Attributes:
        key: `accounts`, `site_numbers` or `subjects`.
        words: What is not known, what that does to the list, and what to add.
    """

    key: str
    words: str


_WORDS = {
    "accounts": (
        "no exhibit says which phones are the account holders' own, so calls to themselves may be listed as calls to"
        " people: add the table of accounts, with contact_number"
    ),
    "site_numbers": (
        "no exhibit says which numbers are the site's own, so they may be listed as people: add site_numbers.csv"
    ),
    "subjects": (
        "no exhibit says which account is tied to which subject, so nobody can be attributed, and whom to warn is not"
        " known: add subjects.csv"
    ),
}


# What each gap leaves open in a rule, and which gaps concern a step of the funnel.
_OPEN = {
    "accounts": "which phones are the accounts' own",
    "site_numbers": "which numbers are the site's own",
    "subjects": "which accounts are tied to whom",
}
_OF_STEP = {"people": ("accounts", "site_numbers"), "attributed": ("subjects",)}


def as_far_as_known(words: str, gaps: Sequence[Gap], *, step: str = "") -> str:
    """The words for a rule or a step, and what no exhibit says about it.

    >>> as_far_as_known("To a person", [Gap("accounts", "")], step="people")
    "To a person (not known: which phones are the accounts' own)"

    Args:
        words: The words.
        gaps: What is not known.
        step: The step of the funnel; "" for a rule, which every gap concerns.
    """
    keys = [gap.key for gap in gaps if not step or gap.key in _OF_STEP.get(step, ())]
    return f"{words} (not known: {', '.join(_OPEN[key] for key in keys)})" if keys else words


def find_gaps(engine: DuckDBEngine) -> tuple[Gap, ...]:
    """What the exhibits of a run do not say, the most important first."""
    phones = engine.dicts(lambda m: m.raw_accounts.filter(m.raw_accounts.contact_number.notnull()).limit(1))
    known = {
        "accounts": bool(phones),
        "site_numbers": bool(engine.store.rows(t.RAW_SITE_NUMBERS.name)),
        "subjects": bool(engine.store.rows(t.RAW_SUBJECTS.name)),
    }
    return tuple(Gap(key, _WORDS[key]) for key, is_known in known.items() if not is_known)
