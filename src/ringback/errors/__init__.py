"""Every error that ringback raises on purpose, with its wording for staff.

    RingbackError                 one error: a code and the facts of this occurrence
      case_*                      the case folder and its case.toml
      backup_*                    a backup of a case, to be made or restored
      exhibit_*                   an exhibit: missing, altered, unreadable
      source_*                    an exhibit's format: unknown, or not the one that was given
      mapping_*, survey_*         case.toml names a table or column that is not there; looking for tables
      rule_*, figure_*            an unknown rule or figure
      run_*                       the run itself: not made yet, or it does not reconcile
      spark_*                     the engine beyond one machine: not installed, or it failed
      key_*, secret_*, records_*  the case's secret key, other secrets; its records
      file_*, files_*             files that others can get at; symbolic links
      exhibits_*, number_*        several exhibits at once; a number on standard input
      callback_*, tokens_*, port_*  the provider's callbacks, their tokens, and the port that we listen at
      reply_*, poll_*             texts that people sent us; asking the provider what became of ours
      batch_*, windows_*, clock_*, alert_*, approv*, rehearsal_*  what is planned, when it may go, who approved it
      staff_*, suppression*       accounts, log-ins and rights; numbers never to contact
      check_*, page_*             the check of an alert: what was typed; the public page
      message_*, messages_*, calendar_*, answers_*, scam_*  a message that is checked for signs of a scam
      publication_*, bundle_*, inbox_*  what the public host may know, and what it was asked
      timeline_*, organisation_*  what staff write for the public, and may not be published so
      report_*, snapshot_*, why_*  reports from the public, their import, and what is frozen of them
      match*                      reports that are tied to calls; what a person decides about them
      list_*                      a list of people that cannot be written
      output_*, disk_*            an output that cannot be written; a full disk
      file_*, path_*              a path on the command line that is missing, or of the wrong kind
      memory_*, worker_*          too little memory; a process of ours that was killed
      truth_*, synth_*            checking a synthetic case against its truth; making a seizure

Each code says what happened, where, and what to do next. `retryable` says whether the same command may succeed
later although nobody changes anything. The wordings are in `case`, `alerts`, `publishing`, `reports`, `matches`,
`signs` and `survey`.
"""

from ringback.errors.alerts import ALERT_ERRORS
from ringback.errors.case import CASE_ERRORS
from ringback.errors.kinds import ErrorKind
from ringback.errors.matches import MATCH_ERRORS
from ringback.errors.publishing import PUBLISHING_ERRORS
from ringback.errors.reports import REPORT_ERRORS
from ringback.errors.signs import SIGN_ERRORS
from ringback.errors.survey import SURVEY_ERRORS

# Exit codes: done; done with findings; could not be done; a fault in the program itself.
EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_FAULT = 0, 1, 2, 3


ERRORS: dict[str, ErrorKind] = (
    CASE_ERRORS | ALERT_ERRORS | PUBLISHING_ERRORS | REPORT_ERRORS | MATCH_ERRORS | SIGN_ERRORS | SURVEY_ERRORS
)


class RingbackError(Exception):
    """One occurrence of a known error.

    Args:
        code: A key of `ERRORS`.
        **facts: Values for the fields of the wording; never a full phone number.

    >>> print(RingbackError("case_exists", path="somewhere"))
    somewhere already holds a case
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(ERRORS[code].happened.format(**facts))

    @property
    def next_step(self) -> str:
        """What the reader can do about it."""
        return ERRORS[self.code].next_step.format(**self.facts)

    @property
    def retryable(self) -> bool:
        """Whether the same command may succeed later although nobody changes anything."""
        return ERRORS[self.code].retryable

    def as_dict(self) -> dict[str, object]:
        """The error for `--json`."""
        facts = {key: str(value) for key, value in self.facts.items()}
        return {
            "error": self.code,
            "happened": str(self),
            "next_step": self.next_step,
            "retryable": self.retryable,
            "facts": facts,
        }
