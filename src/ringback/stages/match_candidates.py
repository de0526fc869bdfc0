"""Candidates: the numbers that a report may be about, and the calls to them.

The number that a reporter typed may have a slip in it. So each report is looked up under its number and under every
number one slip away, eighty or ninety keys a report, all in the same hash join. The calls are read once, and pairs of
reports and calls are never compared.
"""

from ringback.expressions import Column, Table, ibis
from ringback.stages.calls import ORIGIN
from ringback.stages.e164 import e164_digits
from ringback.stages.match_rule import DIGITS

_CALL = (
    *ORIGIN[:3],
    "account",
    "started_at",
    "duration_s",
    "connected",
    "presentation_number",
    "organisation",
    "called_number",
)


def number_keys(reports: Table) -> Table:
    """One row per report and number that it may be about: report, key (the number), number_reason.

    A report that began with our text has the number of the text, and no other.

    Args:
        reports: REPORTS.
    """
    told = reports.filter(reports.called_number.notnull())
    short = reports.filter(reports.called_number.isnull() & reports.one_short.notnull())
    ours = told.filter(told.number_digest.notnull())
    free = told.filter(told.number_digest.isnull())
    typed = free.select("report", typed=e164_digits(free.called_number), other=_is_elsewhere(free))
    # Shorter ones have no such last digits: a slip there would make them longer.
    long_ = typed.filter(typed.typed >= 10**DIGITS)
    keys = [
        ours.select("report", key=e164_digits(ours.called_number), number_reason=ibis.literal("text")),
        typed.select("report", key="typed", number_reason=_reason("number_exact", typed.other)),
        _wrong(long_),
        _swapped(long_),
        _missing(short.select("report", typed="one_short", other=_is_elsewhere(short))),
    ]
    return ibis.union(*keys)


def candidate_calls(keys: Table, parsed_calls: Table, adjusted_rows: Table) -> Table:
    """One row per report and call to one of its keys: what CALLS says of the call, own, report and number_reason.

    Args:
        keys: The result of `number_keys`.
        parsed_calls: PARSED_CALLS.
        adjusted_rows: ADJUSTED_ROWS.
    """
    # As in `calls.calls`, but rows to other numbers fall out first: of ten million rows a few thousand are left.
    parsed = parsed_calls.filter(~parsed_calls.needs_review).select("row_id", *_CALL)
    parsed = parsed.join(keys, parsed.called_number == keys.key)
    others = adjusted_rows.filter(~adjusted_rows.needs_review).select("row_id")
    as_parsed = parsed.anti_join(others, "row_id").mutate(own=ibis.null("string"))
    adjusted = adjusted_rows.filter(adjusted_rows.rejected.isnull()).select(*_CALL, "own")
    adjusted = adjusted.join(keys, adjusted.called_number == keys.key)
    names = (*_CALL, "own", "report", "number_reason")
    return ibis.union(as_parsed.select(*names), adjusted.select(*names))


def _is_elsewhere(reports: Table) -> Column:
    """Whether the phone is somebody else's."""
    return (reports.whose != "own").fill_null(False)


def _reason(code: str, other: Column) -> Column:
    return other.ifelse(f"{code}_other", code)


def _units(count: int) -> Column:
    """1, 10, 100, ...: one row for each of the last digits of a number."""
    return ibis.array([ibis.literal(10**place, "int64") for place in range(count)]).unnest()


def _digit(number: Column, unit: Column) -> Column:
    """The digit of a whole number at a unit, 0 to 9."""
    return (number // unit % 10).cast("int64")


def _wrong(typed: Table) -> Table:
    """One row per report and number that differs in one of its last digits."""
    places = typed.mutate(unit=_units(DIGITS))
    digits = places.mutate(
        was=_digit(places.typed, places.unit),
        instead=ibis.array([ibis.literal(digit, "int64") for digit in range(10)]).unnest(),
    )
    others = digits.filter(digits.was != digits.instead)
    key = others.typed + (others.instead - others.was) * others.unit
    return others.select("report", key=key, number_reason=_reason("digit_wrong", others.other))


def _swapped(typed: Table) -> Table:
    """One row per report and number in which two neighbours of its last digits, not the same, are swapped."""
    places = typed.mutate(unit=_units(DIGITS - 1))
    pairs = places.mutate(low=_digit(places.typed, places.unit), high=_digit(places.typed, places.unit * 10))
    unlike = pairs.filter(pairs.low != pairs.high)
    key = unlike.typed + (unlike.high - unlike.low) * unlike.unit - (unlike.high - unlike.low) * unlike.unit * 10
    return unlike.select("report", key=key, number_reason=_reason("digits_swapped", unlike.other))


def _missing(typed: Table) -> Table:
    """One row per report and UK mobile that has one digit more, anywhere behind its 7."""
    places = typed.mutate(unit=_units(DIGITS))
    digits = places.mutate(put_in=ibis.array([ibis.literal(digit, "int64") for digit in range(10)]).unnest())
    before, after = digits.typed // digits.unit, digits.typed % digits.unit
    key = ((before * 10 + digits.put_in) * digits.unit + after).cast("int64")
    found = digits.select("report", key=key, number_reason=_reason("digit_missing", digits.other))
    # A digit put in beside the same digit, before or behind it, makes the same number.
    return found.distinct()
