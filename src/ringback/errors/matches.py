"""The wording of errors about reports that are tied to calls."""

from ringback.errors.kinds import ErrorKind

MATCH_ERRORS: dict[str, ErrorKind] = {
    "reports_none": ErrorKind(
        "{path} has no reports to tie to calls",
        "take them first: ringback report add CASE, ringback report import CASE FILE --accept, or ringback collect"
        " CASE BUNDLE",
    ),
    "matches_not_shown": ErrorKind(
        "nobody has looked at matches of the current run of {path}, so nothing can be decided about them",
        "look at them first: ringback matches CASE",
    ),
    "match_of_file": ErrorKind(
        "the reports of {path} are not in this case, so nothing can be decided about them here",
        "bring them in first: ringback report import CASE FILE; then ringback matches CASE",
    ),
    "snapshot_unreadable": ErrorKind(
        "{path} cannot be used as a snapshot: {problem}",
        "name a Parquet file as docs/explanation/how-reports-are-tied-to-calls.md describes it",
    ),
    "matches_damaged": ErrorKind(
        "{path} is not what the matching saved: {file} was changed or is missing",
        "delete that folder and give the same command again; look into who changed it",
    ),
    "match_report_unknown": ErrorKind(
        "there is no report {report} among these matches", "look at the list: ringback matches CASE"
    ),
    "match_number_unknown": ErrorKind(
        "report {report} has no number {rank} that could be decided about: it has {numbers}",
        "name one of its numbers: ringback matches CASE --report {report}, then --rank",
    ),
}
