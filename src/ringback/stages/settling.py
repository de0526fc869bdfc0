"""Ambiguous numbers, settled by how the same account dials everywhere else."""

import ibis
from ibis import Table

# Fewer examples than this say nothing about how an account dials.
EVIDENCE_NUMBERS = 5


def settled_readings(raw_calls: Table, readings: Table, reading_options: Table) -> Table:
    """One row per account and raw called text: its reading, settled where the account's own calls decide it.

    An account that dialled at least `EVIDENCE_NUMBERS` distinct unambiguous bare numbers, all read the same way
    (`how`), is taken to dial its ambiguous bare numbers that way too. Anything less stays ambiguous.

    Args:
        raw_calls: RAW_CALLS.
        readings: READINGS of every distinct raw text, '' for none.
        reading_options: READING_OPTIONS of the ambiguous ones.

    Returns:
        SETTLED_READINGS.
    """
    dialled = raw_calls.select(
        account=raw_calls.account.fill_null(""), raw=raw_calls.called_number.fill_null("")
    ).distinct()
    read = dialled.join(readings, "raw")
    habits = account_habits(read).rename(habit_account="account")
    # A null joins with nothing: a test of one side beside the keys would make the join compare all with all.
    read = read.mutate(unsettled_account=read.ambiguous.ifelse(read.account, None))
    with_habit = read.left_join(habits, read.unsettled_account == habits.habit_account)
    options = reading_options.select(
        option_raw="raw", option_how="how", option_e164="e164", option_kind="kind", option_region="region"
    )
    both = with_habit.left_join(
        options, (with_habit.raw == options.option_raw) & (with_habit.habit == options.option_how)
    )
    settled = both.option_e164.notnull()
    return both.select(
        "account",
        "raw",
        e164=settled.ifelse(both.option_e164, both.e164),
        kind=settled.ifelse(both.option_kind, both.kind),
        region=settled.ifelse(both.option_region, both.region),
        how=settled.ifelse(both.option_how, both.how),
        ambiguous=both.ambiguous & ~settled,
        settled=settled,
        reason=both.reason,
    )


def account_habits(read: Table) -> Table:
    """One row per account whose unambiguous bare numbers are all read the same way: account, habit (a `how`)."""
    certain = read.filter((read.account != ""), ~read.ambiguous, read.e164.notnull(), read.how.startswith("bare-"))
    counted = certain.group_by("account").aggregate(
        numbers=certain.e164.nunique(), habits=certain.how.nunique(), habit=certain.how.max()
    )
    return counted.filter(counted.numbers >= ibis.literal(EVIDENCE_NUMBERS), counted.habits == 1).select(
        "account", "habit"
    )
