"""The outbox: a sender that writes texts to a file. Nothing leaves the machine. A synthetic case can use no other.

A provider refuses texts claimed long ago, and so does the outbox. Writing and asking take the file's lock, and writing
first looks for the text in the file. So a process that froze before it wrote, past its lease, finds on waking that
another process has written the text, or that its own claim is too old.
"""

import fcntl
import json
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ringback.alerting.senders.base import CannotAsk, Found, ListPage, Message, Outcome, Refused, Sender
from ringback.case.case_file import CaseFile
from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.files.private import check_unlinked, open_plain

# A claim older than this is refused, as by Notify.
_HELD_TOO_LONG_S = 30.0
# How long to wait for another process to release the file.
_LOCK_S = 5.0
_LOOK_AGAIN_S = 0.05
# Texts on a page of the list.
_PAGE = 250


class Outbox(Sender):
    """A file with one JSON line for each text, readable by its owner alone.

    Args:
        path: The file. It may exist already, from an earlier, interrupted sending.
        clock: The time.
    """

    name = "outbox"
    reaches_people = False
    workers = 1
    answers = True
    repeats = False
    lists = True
    # A line can be found as soon as it is written, so a doubt can be settled at once.
    settles_after = 1.0

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._lines = _Lines()

    @classmethod
    def make(cls, case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> "Outbox":
        """The outbox of one batch, in the case's folder `out`.

        Raises:
            RingbackError: `file_linked`.
        """
        path = case_file.case.out_dir / f"outbox-{batch}.jsonl"
        check_unlinked([path.parent, path])
        return cls(path, clock=case_file.clock)

    def takes(self, number: str) -> bool:
        """Any number: nobody is texted."""
        return True

    def send(self, message: Message) -> Outcome:
        """Write one line and flush it to the disk. Refuse a text that is there already, or was claimed long ago."""
        try:
            with self._lock, self._held(os.O_RDWR | os.O_CREAT | os.O_APPEND) as handle:
                if handle is None:
                    return Outcome("not_sent", "another process holds the outbox")
                return self._send(handle, message)
        except RingbackError as error:
            # Somebody replaced the file by a link while a batch is sent. Nothing was written, and sending must end.
            return Outcome("refused", str(error))
        except OSError as error:
            return Outcome("unknown", f"the outbox cannot be written: {error.strerror}")

    def ask(self, provider_reference: str) -> list[Found]:
        """The lines with this reference.

        Raises:
            CannotAsk: Another process holds the file and may be about to write; or it is a link.
        """
        try:
            with self._lock, self._held(os.O_RDWR) as handle:
                if handle is None:
                    raise CannotAsk("another process holds the outbox")
                return [_found(facts) for facts in self._lines.find(handle, provider_reference)]
        except FileNotFoundError:
            return []
        except RingbackError as error:
            raise CannotAsk(str(error)) from error

    def read_list(self, older_than: str | None) -> ListPage:
        """A page of the file's lines, newest first: from its end, or from where the earlier page ended.

        Raises:
            CannotAsk: Another process holds the file and may be about to write; `Refused` where it is a link.
        """
        try:
            with self._lock, self._held(os.O_RDWR) as handle:
                if handle is None:
                    raise CannotAsk("another process holds the outbox")
                end = int(older_than) if older_than else None
                found = self._lines.before(handle, end, count=_PAGE)
        except FileNotFoundError:
            return ListPage([])
        except RingbackError as error:
            raise Refused(str(error)) from error
        if not found:
            return ListPage([])
        oldest, facts = found[-1]
        return ListPage(
            [_found(one) for _place, one in found], datetime.fromisoformat(facts["written_at"]), str(oldest)
        )

    def _send(self, handle: int, message: Message) -> Outcome:
        there = self._lines.find(handle, message.provider_reference)
        if there:
            return Outcome("accepted", "it stood there already", found=_found(there[0]))
        if (self._clock.now() - message.claimed_at).total_seconds() > _HELD_TOO_LONG_S:
            return Outcome("stale", f"claimed more than {_HELD_TOO_LONG_S:g} s ago")
        facts = {
            "id": f"outbox:{message.provider_reference}",
            "to": message.number,
            "text": message.text,
            "alert_reference": message.alert_reference,
            "provider_reference": message.provider_reference,
            "written_at": message.claimed_at.isoformat(timespec="milliseconds"),
        }
        _append(handle, (json.dumps(facts, ensure_ascii=False) + "\n").encode())
        return Outcome("accepted", found=_found(facts))

    @contextmanager
    def _held(self, flags: int) -> Iterator[int | None]:
        """The open file with its lock; None if another process does not release it."""
        folder = open_plain(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            handle = open_plain(self._path, flags, folder=folder)
        finally:
            os.close(folder)
        try:
            yield handle if self._take(handle) else None
        finally:
            os.close(handle)

    def _take(self, handle: int) -> bool:
        until = self._clock.elapsed() + _LOCK_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._clock.elapsed() > until:
                    return False
                self._clock.sleep(_LOOK_AGAIN_S)
            else:
                return True


class _Lines:
    """The place of each text in the file. Reads only lines added since the last call: a file may have 70,000."""

    def __init__(self) -> None:
        self._file: tuple[int, int] | None = None
        self._end = 0
        self._places: dict[str, list[int]] = {}
        self._order: list[int] = []

    def find(self, handle: int, provider_reference: str) -> list[dict[str, str]]:
        """The texts with this reference, in file order."""
        self._catch_up(handle)
        return [_read_line(handle, place) for place in self._places.get(provider_reference, [])]

    def before(self, handle: int, end: int | None, *, count: int) -> list[tuple[int, dict[str, str]]]:
        """The last `count` texts before a place in the file, newest first, each with its own place."""
        self._catch_up(handle)
        last = len(self._order) if end is None else bisect_left(self._order, end)
        return [(place, _read_line(handle, place)) for place in reversed(self._order[max(0, last - count) : last])]

    def _catch_up(self, handle: int) -> None:
        now = os.fstat(handle)
        if (now.st_dev, now.st_ino) != self._file or now.st_size < self._end:
            self._file, self._end, self._places, self._order = (now.st_dev, now.st_ino), 0, {}, []
        with open(handle, "rb", closefd=False) as file:
            file.seek(self._end)
            for line in file:
                self._note(line, self._end)
                if not line.endswith(b"\n"):
                    # A line cut off by a crash. The next write ends it.
                    break
                self._end += len(line)

    def _note(self, line: bytes, place: int) -> None:
        try:
            places = self._places.setdefault(json.loads(line)["provider_reference"], [])
        except (ValueError, KeyError, TypeError):
            # A line cut off by a crash does not count.
            return
        if place not in places:
            places.append(place)
            self._order.append(place)


def _read_line(handle: int, place: int) -> dict[str, str]:
    with open(handle, "rb", closefd=False) as file:
        file.seek(place)
        facts: dict[str, str] = json.loads(file.readline())
    return facts


def _append(handle: int, line: bytes) -> None:
    size = os.fstat(handle).st_size
    torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
    os.write(handle, b"\n" + line if torn else line)
    os.fsync(handle)


def _found(facts: dict[str, str]) -> Found:
    return Found(facts["id"], facts["provider_reference"], text=facts["text"], status="delivered")
