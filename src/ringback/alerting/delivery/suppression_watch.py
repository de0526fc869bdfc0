"""Whether all suppressions stay in force while a batch is being sent."""

from ringback.alerting.suppressions import check_suppressions
from ringback.case.case_file import CaseFile
from ringback.records.suppressions import active_digests


class SuppressionWatch:
    """Notices a suppression that has disappeared since the last check.

    Only then are the suppressions compared with the whole audit log: that comparison grows with the log, a look at the
    suppressions alone does not.

    Args:
        case_file: The case.
    """

    def __init__(self, case_file: CaseFile) -> None:
        self._case_file = case_file
        self._seen: frozenset[tuple[int, str]] | None = None

    def look(self) -> None:
        """Check that each suppression seen last time is still in force, or was undone by somebody named in the log.

        Raises:
            RingbackError: `suppressions_altered`.
        """
        with self._case_file.records.connect() as connection:
            active = active_digests(connection)
        if self._seen is None or not self._seen <= active:
            check_suppressions(self._case_file)
        self._seen = active
