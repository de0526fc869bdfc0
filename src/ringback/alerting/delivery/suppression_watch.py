"""Whether the numbers never to contact stay what they were while a batch is being sent."""

from ringback.alerting.suppressions import check_suppressions
from ringback.case.case_file import CaseFile
from ringback.records.suppressions import active_digests


class SuppressionWatch:
    """Notices that a suppression is gone which was there at the look before.

    A comparison with the whole audit log is needed only then: it takes longer the longer the log is, and a look at the
    suppressions alone does not.

    Args:
        case_file: The case.
    """

    def __init__(self, case_file: CaseFile) -> None:
        self._case_file = case_file
        self._seen: frozenset[tuple[int, str]] | None = None

    def look(self) -> None:
        """Make sure that what was there at the last look is there still, or was undone by somebody whom the log names.

        Raises:
            RingbackError: `suppressions_altered`.
        """
        with self._case_file.records.connect() as connection:
            active = active_digests(connection)
        if self._seen is None or not self._seen <= active:
            check_suppressions(self._case_file)
        self._seen = active
