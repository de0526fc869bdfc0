"""The parts of a match: how well a report and a call agree in day, time, organisation, number shown and talk time.

Each function gives a code of `match_rule.REASONS`, or null where nothing is known of the part. Null earns no points.
"""

from ringback.expressions import Column, Table, ibis
from ringback.stages import match_rule as rule
from ringback.stages.e164 import e164_digits

DAY_S = 86_400


def points_of(code: Column, prefixes: tuple[str, ...]) -> Column:
    """The points of a code; 0 for null.

    Args:
        code: A column: an expression would be worked out again for every code.
        prefixes: How the codes of the part begin.
    """
    points = [(name, reason.points) for name, reason in rule.REASONS.items() if name.startswith(prefixes)]
    return code.cases(*points, else_=0).cast("int64")


def told_day_reason(pairs: Table) -> Column:
    """The day of the call against the day remembered.

    Args:
        pairs: called_on and called_on_sure of the report; call_day (date) and is_old (the call is so long ago that
            people date it too late) of the call.
    """
    # Above nought: the report dates the call too late.
    late = pairs.called_on.epoch_days() - pairs.call_day.epoch_days()
    errs = (late != 0) & ((late > 0) == pairs.is_old)
    off = late.abs()
    cases: list[tuple[Column, str]] = []
    for sure, (near, window) in rule.DAY_WINDOWS.items():
        mine = pairs.called_on_sure.fill_null("unsure") == sure
        if f"{sure}_same" in rule.REASONS:
            cases.append((mine & (late == 0), f"{sure}_same"))
        wide = errs.ifelse(window * rule.TELESCOPED, window)
        cases += [
            (mine & (off <= near), f"{sure}_near"),
            (mine & (off <= wide), f"{sure}_window"),
            (mine & (off > wide), f"{sure}_outside"),
        ]
    return ibis.cases(*cases, else_=None)


def statement_reason(pairs: Table) -> Column:
    """The day of the call against the day of the loss on the bank statement.

    Args:
        pairs: statement_on of the report; call_day of the call.
    """
    after = pairs.statement_on.epoch_days() - pairs.call_day.epoch_days()
    return ibis.cases(
        ((after >= 0) & (after <= rule.STATEMENT_DAYS), "statement_days"),
        ((after > rule.STATEMENT_DAYS) & (after <= rule.STATEMENT_WEEK), "statement_week"),
        else_=None,
    )


def day_reason(pairs: Table) -> Column:
    """The better of the two: the day remembered, or else the statement where it agrees better.

    Args:
        pairs: told_reason and statement_reason, each with its points.
    """
    no_day = pairs.told_reason.isnull()
    better = pairs.statement_reason.notnull() & (no_day | (pairs.statement_points > pairs.told_points))
    return better.ifelse(pairs.statement_reason, pairs.told_reason)


def time_reason(pairs: Table) -> Column:
    """The time of the call against the time remembered, or else against the part of the day.

    Args:
        pairs: called_at and part_of_day of the report; call_second (since the day began) of the call.
    """
    apart = (pairs.called_at - pairs.call_second).abs()
    apart = ibis.least(apart, DAY_S - apart)
    cases: list[tuple[Column, str]] = [
        (apart <= rule.TIME_SAME_S, "time_same"),
        (apart <= rule.TIME_NEAR_S, "time_near"),
        (apart > rule.TIME_NEAR_S, "time_other"),
    ]
    edge = rule.PART_EDGE_S
    for part, (first, length) in rule.PARTS_OF_DAY.items():
        mine = pairs.part_of_day == part
        into = (pairs.call_second - first + DAY_S) % DAY_S
        cases += [
            (mine & (into < length), "part_same"),
            (mine & ((into + edge) % DAY_S < length + 2 * edge), "part_edge"),
            (mine, "part_other"),
        ]
    return ibis.cases(*cases, else_=None)


def shown_reason(pairs: Table) -> Column:
    """The number that the call showed against the one that the phone showed.

    Args:
        pairs: shown_number of the report; presentation_number of the call.
    """
    remembered = e164_digits(pairs.shown_number)
    return ibis.cases(
        (remembered == pairs.presentation_number, "shown_same"),
        (remembered != pairs.presentation_number, "shown_other"),
        else_=None,
    )


def organisation_reason(pairs: Table) -> Column:
    """The organisation whose number the call showed against the one that the caller claimed to be.

    Null where the very number agrees: that says it already.

    Args:
        pairs: claimed of the report; organisation and shown_reason of the call.
    """
    return ibis.cases(
        ((pairs.shown_reason == "shown_same").fill_null(False) | pairs.claimed.isnull(), None),
        (pairs.organisation.isnull(), "organisation_none"),
        (pairs.organisation == pairs.claimed, "organisation_same"),
        else_="organisation_other",
    )


def talk_reason(pairs: Table) -> Column:
    """The talk time of the call against the one remembered.

    Args:
        pairs: talk_time of the report; duration_s and connected of the call.
    """
    bands = list(rule.TALK_BANDS)
    seconds = pairs.duration_s
    band = ibis.cases(
        *((seconds >= rule.TALK_BANDS[name], place) for place, name in reversed(list(enumerate(bands)))), else_=None
    )
    told = pairs.talk_time.cases(*((name, place) for place, name in enumerate(bands)), else_=None)
    same = [(band == place, f"talk_{name}") for place, name in enumerate(bands)]
    return ibis.cases(
        (seconds.isnull(), None),
        (~pairs.connected, "talk_not_answered"),
        (told.isnull(), "talk_answered"),
        *(((told == band) & is_band, code) for is_band, code in same),
        ((told - band).abs() == 1, "talk_next"),
        else_="talk_other",
    )
