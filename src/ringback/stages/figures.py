"""The headline figures, each with its definition, and the counts behind the report's pictures."""

from dataclasses import dataclass
from datetime import timedelta

from ringback.expressions import Column, Table, ibis
from ringback.stages.rules import A_MINUTE
from ringback.stages.victims import is_long_call

MINUTE_S, QUARTER_S = 60, 900
PEAK_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FigureKind:
    """What is always the same about one figure: its unit, its definition, and what its rows are."""

    unit: str
    definition: str
    counted: str


_LONG = (
    "answered, longer than 60 seconds, to a UK number that is not an account's, a subject's, the site's or an"
    " organisation's own"
)
FIGURES: dict[str, FigureKind] = {
    "calls_total": FigureKind(
        "calls",
        "Seized call rows with a readable time within the life of the site, each call once: second legs and"
        " repetitions are left out",
        "calls",
    ),
    "calls_connected": FigureKind("calls", "Calls that were answered and have talk time above nought", "calls"),
    "uk_calls": FigureKind(
        "calls", "Calls to a number read for certain as one of the United Kingdom (region GB)", "calls"
    ),
    "uk_calls_over_minute": FigureKind("calls", f"Calls {_LONG}", "calls"),
    "uk_people_over_minute": FigureKind("numbers", f"Distinct numbers with at least one call {_LONG}", "calls"),
    "numbers_to_alert": FigureKind("numbers", "{rule_words}", "calls"),
    "accounts_total": FigureKind(
        "accounts", "Distinct accounts named by the account table, a call or a payment", "accounts"
    ),
    "accounts_active": FigureKind("accounts", "Distinct accounts with at least one call", "accounts"),
    "revenue_gbp": FigureKind("GBP", "Sum of all payments at the sterling value of their day, each once", "payments"),
    "first_call_at": FigureKind("UTC time", "Start of the first call", "calls"),
    "last_call_at": FigureKind("UTC time", "Start of the last call", "calls"),
    "peak_uk_people_per_minute": FigureKind(
        "numbers", "The most distinct UK numbers called within one clock minute; own numbers are left out", "minutes"
    ),
    "peak_minute": FigureKind("UTC time", "The first clock minute in which the most UK people were called", "minutes"),
    "calls_by_region": FigureKind(
        "calls",
        "Calls by region of the called number; ambiguous and unreadable numbers are listed beside the regions",
        "calls",
    ),
    "organisations_imitated": FigureKind(
        "calls",
        "Calls that showed a number an organisation publishes as its own, by organisation; calls to own numbers are"
        " left out",
        "calls",
    ),
    "subjects_by_status_and_area": FigureKind(
        "subjects", "Subjects by the furthest status given and the area where they are dealt with", "subjects"
    ),
}


def call_figures(call_tally: Table) -> Table:
    """One row: the figures that count all calls or some of them.

    Args:
        call_tally: CALL_TALLY.
    """
    uk = (call_tally.called_region == A_MINUTE.region).fill_null(False)

    def counted(test: Column) -> Column:
        return test.ifelse(call_tally.calls, 0).sum().fill_null(0).cast("int64")

    return call_tally.aggregate(
        calls_total=counted(ibis.literal(True)),
        calls_connected=counted(call_tally.connected),
        uk_calls=counted(uk),
    )


def first_and_last_call(calls_by_day: Table) -> Table:
    """One row: when the first and the last call began.

    Args:
        calls_by_day: CALLS_BY_DAY.
    """
    return calls_by_day.aggregate(first_call_at=calls_by_day.first_at.min(), last_call_at=calls_by_day.last_at.max())


def long_call_figures(long_calls: Table) -> Table:
    """One row: the figures that count long calls to people.

    Args:
        long_calls: LONG_CALLS, or CALLS.
    """
    long_ = long_calls.filter(is_long_call(long_calls, A_MINUTE))
    return long_.aggregate(uk_calls_over_minute=long_.count(), uk_people_over_minute=long_.called_number.nunique())


def account_figures(accounts: Table) -> Table:
    """One row: how many accounts made a call.

    Args:
        accounts: ACCOUNTS.
    """
    active = accounts.filter(accounts.calls > 0)
    return active.aggregate(accounts_active=active.count())


def payment_figures(payment_rows: Table) -> Table:
    """One row: payments counted, and their sterling sum.

    Args:
        payment_rows: PAYMENT_ROWS.
    """
    kept = payment_rows.filter(payment_rows.rejected.isnull())
    return kept.aggregate(payments=kept.count(), revenue_gbp=kept.gbp.sum().cast("decimal(18,2)"))


def people_by_minute(calls: Table) -> Table:
    """One row per clock minute with a call to a UK person: distinct numbers called. Returns PEOPLE_BY_MINUTE."""
    people = calls.filter((calls.called_region == A_MINUTE.region).fill_null(False), calls.own.isnull())
    # A minute has few numbers. Listing them takes a fraction of the time that distinct pairs of both would take.
    minutes = people.group_by(minute=_number_of(people.started_at, MINUTE_S)).aggregate(
        numbers=people.called_number.collect()
    )
    counted = minutes.select(minute=_start_of(minutes.minute, MINUTE_S), people=minutes.numbers.unique().length())
    return counted.order_by("minute")


def peak_minute(people_by_minute: Table) -> Table:
    """At most one row: the minute with the most people, and of several the earliest."""
    return people_by_minute.order_by(people_by_minute.people.desc(), people_by_minute.minute).limit(1)


def minutes_around_peak(people_by_minute: Table) -> Table:
    """One row per minute with a call, within `PEAK_WINDOW` before and after the peak: minute, people, peak."""
    peak = peak_minute(people_by_minute).select(peak="minute")
    near = people_by_minute.cross_join(peak)
    window = ibis.interval(seconds=int(PEAK_WINDOW.total_seconds()))
    return near.filter(near.minute >= near.peak - window, near.minute <= near.peak + window)


def busiest_accounts(accounts: Table, most: int) -> Table:
    """One row per account that made a call, sorted by UK people called for over a minute, most first. Returns ACCOUNTS.

    Args:
        accounts: ACCOUNTS.
        most: How many at most.
    """
    order = [accounts.uk_people_over_minute.desc(), accounts.calls.desc(), "account"]
    return accounts.filter(accounts.calls > 0).order_by(order).limit(most)


def calls_by_region(call_tally: Table) -> Table:
    """One row per region, and one each for ambiguous and unreadable: region and calls, the most calls first.

    Args:
        call_tally: CALL_TALLY.
    """
    region = ibis.cases(
        (call_tally.called_ambiguous, "ambiguous"),
        (~call_tally.read, "unreadable"),
        else_=call_tally.called_region.fill_null("unknown"),
    )
    counted = call_tally.group_by(region=region).aggregate(calls=call_tally.calls.sum().cast("int64"))
    return counted.order_by(counted.calls.desc(), "region")


def calls_by_organisation(call_tally: Table) -> Table:
    """One row per organisation whose number was shown to people: organisation and calls, the most calls first.

    Args:
        call_tally: CALL_TALLY.
    """
    shown = call_tally.filter(call_tally.organisation.notnull(), call_tally.own.isnull())
    counted = shown.group_by("organisation").aggregate(calls=shown.calls.sum().cast("int64"))
    return counted.order_by(counted.calls.desc(), "organisation")


def calls_by_day(calls: Table, local_days: Table) -> Table:
    """One row per local day with a call. Returns CALLS_BY_DAY.

    Args:
        calls: CALLS.
        local_days: LOCAL_DAYS, covering every call.
    """
    uk = (calls.called_region == A_MINUTE.region).fill_null(False)
    # Count by quarter of an hour first, because quarters are cheap to join and calls are not. Since 1980 no zone has
    # begun a day within a quarter.
    counted = calls.group_by(number=_number_of(calls.started_at, QUARTER_S)).aggregate(
        calls=calls.count(),
        uk_calls=uk.sum().cast("int64"),
        first_at=calls.started_at.min(),
        last_at=calls.started_at.max(),
    )
    dates = dates_of(local_days)
    quarters = counted.mutate(at=_start_of(counted.number, QUARTER_S))
    quarters = quarters.mutate(on=quarters["at"].date())
    within = (quarters.on == dates.date) & (quarters["at"] >= dates.from_at) & (quarters["at"] < dates.until_at)
    each = quarters.join(dates, within)
    return (
        each.group_by("day")
        .aggregate(
            calls=each.calls.sum().cast("int64"),
            uk_calls=each.uk_calls.sum().cast("int64"),
            first_at=each.first_at.min(),
            last_at=each.last_at.max(),
        )
        .order_by("day")
    )


def _number_of(moment: Column, seconds: int) -> Column:
    """The whole stretches of this many seconds since 1970. Truncating moments needs a calendar, slow for millions."""
    return (moment.epoch_seconds().cast("int64") / seconds).floor().cast("int64")


def _start_of(number: Column, seconds: int) -> Column:
    return (number * seconds).as_timestamp("s").cast("timestamp('UTC')")


def dates_of(local_days: Table) -> Table:
    """One row per local day and UTC date that it touches: date, day, from_at, until_at. Dates are cheap to join."""
    hours = ibis.interval(hours=12)
    last = local_days.until_at - ibis.interval(seconds=1)
    touched = [
        local_days.select("day", "from_at", "until_at", date=moment.date())
        for moment in (local_days.from_at, local_days.from_at + hours, last)
    ]
    return ibis.union(*touched, distinct=True)
