"""The tables of reports: what a snapshot of them holds, and what comes of tying them to the calls of a run.

They are no tables of a run: reports are decisions of people, and come after it. A snapshot holds no names, no stories
and no contact details.
"""

from ringback.schemas.raw import UTC
from ringback.schemas.table import Table, columns

REPORTS = Table(
    "reports",
    "one row per report, as it stood when the snapshot was made",
    columns(
        ("report", "string", "the report's own id, such as R-0001"),
        ("check_digest", "string", "keyed digest of our text's reference and last four digits; null without one"),
        ("number_digest", "string", "keyed digest of the number that our text went to; null without one"),
        (
            "called_number",
            "string",
            "the number that was called, or that our text went to, E.164; null if not readable",
        ),
        (
            "one_short",
            "int64",
            "digits of the number that was called where it is a UK mobile with one digit missing: 44, 7 and eight more;"
            " else null",
        ),
        ("shown_number", "string", "the number that the phone showed, E.164; null if not known"),
        ("called_on", "date", "day of the call as remembered; null if not known"),
        ("called_on_sure", "string", "exact, few_days, month or unsure"),
        ("called_at", "int64", "time of day as remembered, in seconds since midnight, UK time; null if not known"),
        ("part_of_day", "string", "morning, afternoon, evening, night or unknown"),
        ("claimed", "string", "whom the caller said they were from, as the list of organisations names them; or null"),
        ("claimed_typed", "string", "the same as typed"),
        ("talk_time", "string", "under_1, minutes_1_5, minutes_5_15, minutes_15_60, over_60 or unknown"),
        ("lost_pence", "int64", "all that the reporter says is lost, in pence"),
        ("kind", "string", "crime or information"),
        ("whose", "string", "whose phone was called: own, relative, work or unknown"),
        ("statement_on", "date", "earliest day of a loss on a bank statement; null if there is none"),
    ),
)
LOSS_ASSESSMENTS = Table(
    "loss_assessments",
    "one row per report and kind of sum that somebody else than the reporter put to its loss",
    columns(
        ("report", "string", "the report's id"),
        ("kind", "string", "confirmed (by a bank or a court) or estimated (by staff)"),
        ("pence", "int64", "the sum, in pence"),
    ),
)
REPORT_DECISIONS = Table(
    "report_decisions",
    "one row per decision of a person about what a report was matched with, or about a duplicate",
    columns(
        ("report", "string", "id of the report"),
        ("what", "string", "match or duplicate"),
        ("about", "string", "keyed digest of a number, id of a call, or the other report"),
        ("run", "string", "the run in which a match was looked at; '' for a duplicate"),
        ("decision", "string", "confirmed or rejected; same or different"),
        ("decided_at", UTC, "when"),
    ),
)
SNAPSHOT_TABLES: tuple[Table, ...] = (REPORTS, LOSS_ASSESSMENTS, REPORT_DECISIONS)
# How well each part of a match agrees: a code of `stages.match_rule.REASONS`, and its points.
_PARTS = columns(
    ("number_reason", "string", "how the number called agrees with the number reported, as a code"),
    ("number_points", "int64", "points for that"),
    ("day_reason", "string", "the same of the day of the call; null if nothing is known of it"),
    ("day_points", "int64", "points for that"),
    ("time_reason", "string", "the same of the time of day"),
    ("time_points", "int64", "points for that"),
    ("organisation_reason", "string", "the same of the organisation that the caller claimed to be"),
    ("organisation_points", "int64", "points for that"),
    ("shown_reason", "string", "the same of the number shown"),
    ("shown_points", "int64", "points for that"),
    ("talk_reason", "string", "the same of the talk time"),
    ("talk_points", "int64", "points for that"),
)
MATCHES = Table(
    "matches",
    "one row per report and call to a number that the report may be about",
    columns(
        ("report", "string", "the report's id"),
        ("rank", "int64", "place of the number among those of the report, from 1 for the best"),
        ("called_number", "int64", "the number called, E.164 without its plus"),
        ("own", "string", "account, subject, site or organisation, where it is an own number"),
        ("points", "int64", "points of the number: its own, and those of its best call"),
        ("score", "float64", "the points as a probability, 0 to 1"),
        ("is_best_call", "boolean", "this call agrees best of all calls to the number"),
        ("call_points", "int64", "points of this call: all parts but the number"),
    )
    + _PARTS
    + columns(
        ("exhibit", "string", "exhibit of the call"),
        ("origin_table", "string", "seized table of the call"),
        ("origin_row", "int64", "row of the call in that table"),
        ("account", "string", "login that made the call"),
        ("started_at", UTC, "start of the call"),
        ("duration_s", "float64", "talk time in seconds; null where it could not be read"),
        ("connected", "boolean", "somebody answered"),
        ("organisation", "string", "whose number was shown, where it is an organisation's"),
    ),
)
REPORT_OUTCOMES = Table(
    "report_outcomes",
    "one row per report of the snapshot",
    columns(
        ("report", "string", "the report's id"),
        ("outcome", "string", "certain, likely, for_a_person or not_in_the_calls"),
        ("reason", "string", "why, as a code of `stages.match_rule.OUTCOME_REASONS`"),
        ("called_number", "string", "the best number, E.164; null if there is none"),
        ("points", "int64", "its points; null without a number"),
        ("score", "float64", "its points as a probability, 0 to 1; null without a number"),
        ("next_points", "int64", "points of the second best number; null if there is none"),
        ("numbers", "int64", "how many numbers the report may be about"),
        ("calls", "int64", "calls to the best number"),
        ("lost_pence", "int64", "all that the reporter says is lost, in pence"),
    ),
)
MATCH_TABLES = (MATCHES, REPORT_OUTCOMES)
REPORT_TABLES = SNAPSHOT_TABLES + MATCH_TABLES
