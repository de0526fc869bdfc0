"""The release that is served: the newest one of the bundle, looked for once a second."""

import logging
import threading
from pathlib import Path

from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.publishing.bundle_files import Release, find_current, open_release

_LOOK_EVERY_S = 1.0
log = logging.getLogger("ringback.public")


class Releases:
    """The releases of a bundle as they come.

    A release that cannot be trusted is not served: the one before it stays, and the log says so once.

    Args:
        bundle: The bundle.
        key: The public key that has to have signed every release, as base64; '' for the bundle's own.
        clock: The time.

    Raises:
        RingbackError: `bundle_missing` or `bundle_damaged`.
    """

    def __init__(self, bundle: Path, *, key: str = "", clock: Clock) -> None:
        self._bundle, self._key, self._clock = bundle, key, clock
        self._lock = threading.Lock()
        self._served = self._open()
        self._refused, self._looked = "", clock.elapsed()

    def current(self) -> Release:
        """The release to serve now."""
        now = self._clock.elapsed()
        if now - self._looked >= _LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._looked = now
                self._look()
            finally:
                self._lock.release()
        return self._served

    def _look(self) -> None:
        try:
            name = find_current(self._bundle)
            if name in (None, self._served.name, self._refused):
                return
            self._served = self._open()
            log.info("serving %s", self._served.name)
        except RingbackError as error:
            self._refused = find_current(self._bundle) or "?"
            log.error("still serving %s: %s", self._served.name, error)

    def _open(self) -> Release:
        found = open_release(self._bundle, key=self._key)
        # Read now: a page that waits for them would be slow.
        _read = (
            found.site, found.alerts, found.statuses, found.known, found.timeline, found.organisations, found.pictures,
        )  # fmt: skip
        if found.judged_by is None:
            # The program's own files would judge by what nobody approved.
            log.warning("%s has nothing to judge messages by, so its pages offer no check for scams", found.name)
        return found
