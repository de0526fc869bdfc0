"""Counts that show whether a run can be trusted; `pipeline.findings` puts them into words."""

from collections.abc import Sequence

from ringback.expressions import Table, ibis

# Reasons for an unread number that are no sign of a wrong setting.
ORDINARY = ("empty", "withheld", "short_code")


def unread_times(call_tally: Table, rejected_rows: Table) -> Table:
    """One row per exhibit with call rows, in order: exhibit, rows, bad (those whose time cannot be read)."""
    fell_out = rejected_rows.filter(rejected_rows.step == "calls")
    rows = ibis.union(
        call_tally.select("exhibit", "calls", bad=False),
        fell_out.select("exhibit", calls=ibis.literal(1, "int64"), bad=fell_out.reason == "bad_time"),
    )
    counted = rows.group_by("exhibit").aggregate(rows=rows.calls.sum(), bad=rows.bad.sum().fill_null(0))
    return counted.order_by("exhibit")


def unread_calls(call_tally: Table) -> Table:
    """One row per exhibit with calls, in order: exhibit, calls, and how many of them have each sign of a wrong setting.

    The signs: no_number, ambiguous, untimed, and not_answered (talk time, but a disposition other than answered).
    """
    signs = {
        "no_number": call_tally.called_reason.notnull() & ~call_tally.called_reason.isin(ORDINARY),
        "ambiguous": call_tally.called_ambiguous,
        "untimed": ~call_tally.timed,
        "not_answered": call_tally.talked & ~call_tally.connected,
    }
    counts = {name: sign.ifelse(call_tally.calls, 0).sum() for name, sign in signs.items()}
    return call_tally.group_by("exhibit").aggregate(calls=call_tally.calls.sum(), **counts).order_by("exhibit")


def unknown_statuses(raw_subjects: Table, known: Sequence[str]) -> Table:
    """One row per subject status that is not among `known`, in order: status."""
    status = raw_subjects.status
    return (
        raw_subjects.filter(status.notnull() & ~status.lower().strip().isin(known))
        .select("status")
        .distinct()
        .order_by("status")
    )


def identified_callers(account_subjects: Table, accounts: Table) -> Table:
    """At most one row: an account of an identified subject that made a call."""
    identified = account_subjects.filter(account_subjects.identified)
    return identified.semi_join(calling_accounts(accounts), "account").limit(1)


def calling_accounts(accounts: Table) -> Table:
    """One row per account that made a call: account."""
    return accounts.filter(accounts.calls > 0).select("account")


def answered_calls(call_tally: Table) -> Table:
    """One row: answered calls to a number that could be read, and how many of them are over the rule's threshold."""
    answered = call_tally.filter(call_tally.connected, call_tally.read)
    return answered.aggregate(
        calls=answered.calls.sum().fill_null(0),
        over=answered.over_threshold.ifelse(answered.calls, 0).sum().fill_null(0),
    )


def unread_numbers(readings: Table) -> Table:
    """One row: numbers of accounts, subjects and the site, and how many should have been read and could not be."""
    bad = readings.reason.notnull() & ~readings.reason.isin(ORDINARY)
    return readings.aggregate(every=readings.count(), bad=bad.sum().fill_null(0))


def calls_by_reading_of_start(call_tally: Table) -> Table:
    """One row per way in which the starts of calls were read: started_reading, calls."""
    return call_tally.group_by("started_reading").aggregate(calls=call_tally.calls.sum())
