"""Who runs a command: the member of staff whose session it is."""

import os

from ringback.alerting.staff import sessions
from ringback.alerting.staff.sessions import StaffMember
from ringback.case.case_file import CaseFile

SESSION_VARIABLE = "RINGBACK_SESSION"


def session_token() -> str | None:
    """The session token in the environment; None to look in the session file."""
    return os.environ.get(SESSION_VARIABLE) or None


def acting_for(case_file: CaseFile, right: str, *, command: str = "") -> StaffMember:
    """The person who runs this command, if they have logged in and have the right. A refusal is logged.

    Args:
        case_file: The case.
        right: One of `roles.RIGHTS`.
        command: The words of the command, for the log; never its arguments.

    Raises:
        RingbackError: `staff_none`, `staff_login_needed`, `staff_right_missing` or `staff_altered`.
    """
    return sessions.acting(case_file, right, token=session_token(), command=command)


def acting_if_staffed(case_file: CaseFile, right: str, *, command: str = "") -> str:
    """The name of the person who runs this command; '' in a case that never had staff, where anybody may.

    Raises:
        RingbackError: as `acting_for`, in a case with staff.
    """
    return acting_for(case_file, right, command=command).name if sessions.is_staffed(case_file) else ""
