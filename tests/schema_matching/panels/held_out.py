"""The panels that were held out from the scoring, in the order in which they were first tried, and what they try.

Whoever wrote a group knew nothing of the scoring but what its file says. Decision 041 says what came of each at first;
what was wrong was mended, so none of them is held out any more.
"""

from schema_matching.panels import (
    billed_beside_talked,
    billing_systems_and_chats,
    foreign_software,
    messages_and_codes,
    new_languages,
    odd_clocks,
    office_records,
    services,
    spread_tables,
    telephone_servers,
    wholesale_and_short_names,
)

# Tried before the names of tables and columns mattered, and after: `test_without_names` puts these names away.
WITH_NAMES = (foreign_software, odd_clocks, billed_beside_talked, messages_and_codes, billing_systems_and_chats)
TRIED_WITHOUT_NAMES = (
    new_languages,
    spread_tables,
    telephone_servers,
    office_records,
    wholesale_and_short_names,
    services,
)


def with_calls(groups):
    """The panels with calls of some groups, by name."""
    return {name: panel for group in groups for name, panel in getattr(group, "PANELS", {}).items()}


def without_calls(groups):
    """What looks like calls and is none in some groups, by name."""
    return {name: made for group in groups for name, made in getattr(group, "WITHOUT_CALLS", {}).items()}
