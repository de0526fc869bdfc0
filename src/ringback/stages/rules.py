"""Named, versioned rules: what makes a called party a victim.

A rule that was ever used is never changed: a new wording or number is a new version beside it.
"""

from dataclasses import dataclass

from ringback.errors import RingbackError

# Islands that share the United Kingdom's calling code, with numbering and police of their own.
CROWN_DEPENDENCIES = ("JE", "GG", "IM")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a called number meets it when one call to it does.

    Attributes:
        name: Name without the version.
        version: Version, from 1.
        over_s: The call was answered and lasted more than this many seconds.
        kinds: Kinds of number that can be texted.
        region: Region of the called number.
    """

    name: str
    version: int
    over_s: int
    kinds: tuple[str, ...] = ("mobile",)
    region: str = "GB"

    @property
    def key(self) -> str:
        """name@version."""
        return f"{self.name}@{self.version}"

    @property
    def words(self) -> str:
        """The rule in plain English."""
        return (
            f"UK mobile numbers that answered a call of more than {self.over_s} seconds made by an account tied to"
            " an identified subject, and that are not an account's, a subject's, the site's or an organisation's own"
        )


# The published figures count UK calls over a minute, whatever rule a unit alerts by.
A_MINUTE = Rule("over-a-minute", 1, over_s=60)
RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        A_MINUTE,
        Rule("over-five-minutes", 1, over_s=300),
    )
}


def get_rule(key: str) -> Rule:
    """The rule of this name@version.

    Raises:
        RingbackError: `rule_unknown`.

    >>> get_rule("over-a-minute@1").over_s
    60
    """
    if key not in RULES:
        raise RingbackError("rule_unknown", rule=key, known=", ".join(sorted(RULES)))
    return RULES[key]
