"""The panels that were held out from the scoring, in the order in which they were first tried.

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

# Tried with the names of tables and columns, and without: `test_without_names` replaces the names by numbers.
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
    """The panels with calls in some groups, by name."""
    return {name: panel for group in groups for name, panel in getattr(group, "PANELS", {}).items()}


def without_calls(groups):
    """The panels in some groups that only look like calls, by name."""
    return {name: made for group in groups for name, made in getattr(group, "WITHOUT_CALLS", {}).items()}
