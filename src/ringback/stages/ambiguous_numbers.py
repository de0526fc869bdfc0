"""Ambiguous numbers, disambiguated by how the same account dials everywhere else."""

from ringback.expressions import Table
from ringback.stages.e164 import e164_digits

# Fewer examples than this say nothing about how an account dials.
EVIDENCE_NUMBERS = 5


def dialling_habits(parsed_calls: Table) -> Table:
    """One row per account whose unambiguous bare numbers are all read the same way, with enough of them.

    Args:
        parsed_calls: PARSED_CALLS.

    Returns:
        DIALLING_HABITS.
    """
    bare = parsed_calls.filter(
        parsed_calls.called_how.startswith("bare-"),
        parsed_calls.called_number.notnull(),
        ~parsed_calls.called_ambiguous,
        ~parsed_calls.inbound,
        parsed_calls.account != "",
    )
    numbers = bare.select("account", "called_how", "called_number").distinct()
    counted = numbers.group_by("account").aggregate(
        numbers=numbers.count(), habit=numbers.called_how.max(), other=numbers.called_how.min()
    )
    return counted.filter(counted.numbers >= EVIDENCE_NUMBERS, counted.habit == counted.other).select(
        "account", "habit"
    )


def disambiguated(rows: Table, dialling_habits: Table, reading_options: Table) -> Table:
    """The rows, with each ambiguous number read the way its account dials elsewhere, if that way is known.

    An account that dialled at least `EVIDENCE_NUMBERS` distinct unambiguous bare numbers, all read the same way, is
    taken to dial its ambiguous bare numbers that way too. Anything less stays ambiguous.

    Args:
        rows: PARSED_CALLS, or some of its rows.
        dialling_habits: DIALLING_HABITS.
        reading_options: READING_OPTIONS.

    Returns:
        The same columns, and called_disambiguated.
    """
    names = rows.columns
    habits = dialling_habits.select(habit_account="account", habit="habit")
    options = reading_options.select(
        option_raw="raw",
        option_how="how",
        option_kind="kind",
        option_region="region",
        option_number=e164_digits(reading_options.e164),
    )
    # A null key joins nothing. A test of one side in the join's condition would make it compare every pair of rows.
    rows = rows.mutate(asked_account=rows.called_ambiguous.ifelse(rows.account, None))
    rows = rows.left_join(habits, rows.asked_account == habits.habit_account)
    rows = rows.left_join(options, (rows.called_raw == options.option_raw) & (rows.habit == options.option_how))
    decided = rows.option_number.notnull()
    changed = {
        "called_number": decided.ifelse(rows.option_number, rows.called_number),
        "called_kind": decided.ifelse(rows.option_kind, rows.called_kind),
        "called_region": decided.ifelse(rows.option_region, rows.called_region),
        "called_how": decided.ifelse(rows.option_how, rows.called_how),
        "called_ambiguous": rows.called_ambiguous & ~decided,
    }
    return rows.select(**{name: changed.get(name, rows[name]) for name in names}, called_disambiguated=decided)
