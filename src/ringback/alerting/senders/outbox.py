"""The outbox: writes to a file what would be sent. Nothing leaves the machine; it is all a synthetic case can use."""

import json
import os
import threading
from pathlib import Path

from ringback.alerting.senders.base import Found, Message, Outcome, Sender


class Outbox(Sender):
    """A file with one JSON line a text, readable by its owner alone.

    Args:
        path: The file; it may be there already from an earlier, interrupted sending.
    """

    name = "outbox"
    reaches_people = False
    workers = 1
    answers = True
    # A line is there as soon as it is written: a doubt can be settled at once.
    settles_after = 1.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def takes(self, number: str) -> bool:
        """Any number: nobody is texted."""
        return True

    def send(self, message: Message) -> Outcome:
        """Write one line, whole and on the disk before it counts."""
        facts = {
            "id": f"outbox:{message.provider_reference}",
            "to": message.number,
            "text": message.text,
            "alert_reference": message.alert_reference,
            "provider_reference": message.provider_reference,
            "written_at": message.claimed_at.isoformat(timespec="milliseconds"),
        }
        line = (json.dumps(facts, ensure_ascii=False) + "\n").encode()
        try:
            with self._lock:
                self._append(line)
        except OSError as error:
            return Outcome("unknown", f"the outbox cannot be written: {error.strerror}")
        return Outcome("accepted", found=self._found(facts))

    def ask(self, provider_reference: str) -> list[Found]:
        """The lines with this reference."""
        with self._lock:
            lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        # A line that was cut off by a crash is no line; the next one starts after it.
        wanted = provider_reference.encode()
        return [self._found(json.loads(line)) for line in lines if wanted in line and line.endswith(b"}")]

    def _append(self, line: bytes) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        handle = os.open(self._path, flags, 0o600)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" + line if torn else line)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _found(self, facts: dict[str, str]) -> Found:
        return Found(facts["id"], facts["provider_reference"], text=facts["text"], status="delivered")
