"""Every error that ringback raises on purpose, with its wording for staff.

    RingbackError                 one error: a code and the facts of this occurrence
      case_*                      the case folder and its case.toml
      backup_*                    a backup of a case, to be made or restored
      exhibit_*                   an exhibit: missing, altered, unreadable
      source_*                    a seized format that cannot be read as said
      mapping_*, survey_*         case.toml names a table or column that is not there; looking for what is
      rule_*, figure_*            a name nobody defined
      run_*                       the run itself: nothing to show yet, does not reconcile
      spark_*                     the engine beyond one machine: not installed, or it failed
      key_*, secret_*, records_*  the case's secret key, other secrets; its records
      file_*, files_*             what others can get at; links where the thing itself has to be
      exhibits_*, number_*        several exhibits at once; a number on standard input
      callback_*, tokens_*, port_*  what the provider tells us, and the door it comes in by
      reply_*, poll_*             texts that people sent us; asking the provider what became of ours
      batch_*, windows_*, clock_*, alert_*, approv*, rehearsal_*  what is planned, when it may go, who agreed
      staff_*, suppression*       accounts, log-ins and rights; numbers never to contact
      check_*, page_*             the check of an alert: what was typed; the public page
      message_*, messages_*, calendar_*, answers_*  a message that is checked for signs of a scam
      list_*                      a list of people that was to be written
      output_*, disk_*            where results were to be written; room on the disk
      file_*, path_*              what was named on the command line, and is not there or something else
      memory_*, worker_*          room in memory; a process of ours that was ended
      truth_*, synth_*            checking a synthetic case against its truth; making a seizure

Each code says what happened, where, and what to do next. `retryable` tells a caller whether the same
command may succeed later without anybody changing anything. The wordings are in `case`, `alerts`, `signs` and `survey`.
"""

from ringback.errors.alerts import ALERT_ERRORS
from ringback.errors.case import CASE_ERRORS
from ringback.errors.kinds import ErrorKind
from ringback.errors.signs import SIGN_ERRORS
from ringback.errors.survey import SURVEY_ERRORS

# Done; done with findings; could not be done; a fault in the program itself.
EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_FAULT = 0, 1, 2, 3


ERRORS: dict[str, ErrorKind] = CASE_ERRORS | ALERT_ERRORS | SIGN_ERRORS | SURVEY_ERRORS


class RingbackError(Exception):
    """One occurrence of a known error.

    Args:
        code: A key of `ERRORS`.
        **facts: What the wording needs; never a full phone number.

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
        """Whether the same command may succeed later with nothing changed."""
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
