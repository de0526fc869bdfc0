"""Ambiguous numbers, settled by how the same account dials everywhere else."""

from ibis import Table

from ringback.stages.e164 import e164_digits

# Fewer examples than this say nothing about how an account dials.
EVIDENCE_NUMBERS = 5


def account_habits(habit_examples: Table) -> Table:
    """One row per account whose unambiguous bare numbers are all read the same way, with enough of them.

    Args:
        habit_examples: HABIT_EXAMPLES.

    Returns:
        ACCOUNT_HABITS.
    """
    examples = habit_examples.distinct()
    counted = examples.group_by("account").aggregate(
        numbers=examples.count(), habit=examples.called_how.max(), other=examples.called_how.min()
    )
    return counted.filter(counted.numbers >= EVIDENCE_NUMBERS, counted.habit == counted.other).select(
        "account", "habit"
    )


def settled_readings(unclear_calls: Table, account_habits: Table, reading_options: Table) -> Table:
    """One row per account and ambiguous called text that the account's own calls decide.

    An account that dialled at least `EVIDENCE_NUMBERS` distinct unambiguous bare numbers, all read the same way, is
    taken to dial its ambiguous bare numbers that way too. Anything less stays ambiguous.

    Args:
        unclear_calls: UNCLEAR_CALLS: every ambiguous number is in one of them.
        account_habits: ACCOUNT_HABITS.
        reading_options: READING_OPTIONS.

    Returns:
        SETTLED_READINGS.
    """
    unclear = unclear_calls.filter(unclear_calls.called_ambiguous).select("account", raw="called_raw").distinct()
    known = unclear.join(account_habits, "account")
    options = reading_options.select("raw", "e164", "kind", "region", habit="how")
    found = known.join(options, ["raw", "habit"])
    return found.select("account", "raw", "kind", "region", number=e164_digits(found.e164), how=found.habit)


def settled_calls(read_calls: Table, settled_readings: Table) -> Table:
    """One row per seized row: READ_CALLS with its ambiguous numbers as they were settled.

    Args:
        read_calls: READ_CALLS, or some of its rows.
        settled_readings: SETTLED_READINGS.

    Returns:
        READ_CALLS and called_settled.
    """
    found = settled_readings.rename({f"settled_{name}": name for name in settled_readings.columns})
    # A null joins with nothing: a test of one side beside the keys would make the join compare all with all.
    rows = read_calls.mutate(
        unclear_account=read_calls.called_ambiguous.ifelse(read_calls.account, None),
        unclear_raw=read_calls.called_ambiguous.ifelse(read_calls.called_raw, None),
    )
    rows = rows.left_join(
        found, (rows.unclear_account == found.settled_account) & (rows.unclear_raw == found.settled_raw)
    )
    settled = rows.settled_number.notnull()
    changed = {
        "called_number": settled.ifelse(rows.settled_number, rows.called_number),
        "called_kind": settled.ifelse(rows.settled_kind, rows.called_kind),
        "called_region": settled.ifelse(rows.settled_region, rows.called_region),
        "called_how": settled.ifelse(rows.settled_how, rows.called_how),
        "called_ambiguous": rows.called_ambiguous & ~settled,
    }
    return rows.select(**{name: changed.get(name, rows[name]) for name in read_calls.columns}, called_settled=settled)
