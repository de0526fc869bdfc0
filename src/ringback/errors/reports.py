"""The wording of errors about reports from the public."""

from ringback.errors.kinds import ErrorKind

REPORT_ERRORS: dict[str, ErrorKind] = {
    "report_missing": ErrorKind("there is no report {report}", "see the reports: ringback report list CASE"),
    "report_erased": ErrorKind(
        "what report {report} said was erased, and cannot be brought back", "nothing is left to do"
    ),
    "report_faulty": ErrorKind("the report cannot be taken: {faults}", "correct these answers, and give it again"),
    "report_unfinished": ErrorKind(
        "the answers ended before the last question; nothing was stored", "begin again: ringback report add CASE"
    ),
    "report_answers_unreadable": ErrorKind(
        "the answers in {path} cannot be read: {problem}",
        "give a JSON object with the keys of the questions: ringback report questions --json",
    ),
    "report_status_unknown": ErrorKind("there is no status {status}; there are: {known}", "name one of those"),
    "report_same_twice": ErrorKind("{report} was named twice", "name two different reports"),
    "report_duplicates_contradict": ErrorKind(
        "{first} and {second} are both the same as another report, so they cannot be different",
        "decide on the pairs with that other report first: ringback report duplicates CASE",
    ),
    "report_pair_needed": ErrorKind(
        "a decision needs two reports and --why, and two reports need a decision",
        'such as: ringback report duplicates CASE R-0001 R-0002 --decide same --why "..."',
    ),
    "report_loss_bad": ErrorKind(
        "that loss cannot be noted: {problem}", "give pounds, such as 1200 or 1,200.50, with --confirmed or --estimated"
    ),
    "why_missing": ErrorKind("nobody said why", 'say it in your own words: --why "..."'),
    "report_columns_missing": ErrorKind(
        "no column of the export says what happened; it has: {columns}",
        "name one at least, of {fields}: --column loss=COLUMN",
    ),
    "report_columns_bad": ErrorKind(
        "the columns cannot be mapped like this: {problem}", "correct --column or the mapping file"
    ),
    "report_export_unreadable": ErrorKind(
        "the export {path} cannot be read: {problem}", "give a CSV, JSON or Excel file that you can read"
    ),
    "report_export_changed": ErrorKind(
        "the export {path} was changed while it was read",
        "find out who writes to it, make a copy, and import that; what was imported stays, and can be erased",
    ),
    "report_import_unreconciled": ErrorKind(
        "the export has {rows} rows, and {told} are accounted for",
        "this is a fault in ringback: report it; what was imported stays, and is known to the next import",
    ),
    "snapshot_missing": ErrorKind("there is no snapshot {snapshot} of reports", "freeze the reports again"),
    "snapshot_altered": ErrorKind(
        "the snapshot {snapshot} is not what was frozen: its files were changed",
        "look into who changed it, then freeze the reports again",
    ),
}
