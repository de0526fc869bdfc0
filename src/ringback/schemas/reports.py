"""The tables of a snapshot of reports: what the matching of reports with calls reads. They hold full numbers.

A snapshot holds no names, no stories and no contact details.
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
        ("called_number", "string", "the number that was called, E.164; null if not asked, or not readable"),
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
