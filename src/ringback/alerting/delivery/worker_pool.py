"""The worker pool of a sender: threads that open sockets, and nothing else. They touch no database."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ringback.alerting.senders.base import CannotAsk, Found, ListPage, Message, Outcome, Refused, Sender
from ringback.clock import Clock


@dataclass(frozen=True, slots=True)
class SendJob:
    """One text to hand over: the alert's id, the attempt, the message."""

    alert: int
    attempt: int
    message: Message


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the provider: which texts does it have under this reference?"""

    alert: int
    attempt: int
    provider_reference: str


@dataclass(frozen=True, slots=True)
class ListJob:
    """One page of the provider's own list to read; `older_than` comes from the page before."""

    older_than: str | None = None


Job = SendJob | Question | ListJob


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job: `outcome` of a text, `found` of a question, `page` of a list; None without an answer.

    `refused` says that the provider refuses all our requests.
    """

    job: Job
    outcome: Outcome | None = None
    found: list[Found] | None = None
    page: ListPage | None = None
    why: str = ""
    refused: bool = False


@dataclass
class WorkerPool:
    """A pool of threads over one sender. `busy` counts jobs given and not yet collected.

    Args:
        sender: The provider.
        clock: The time.
        at: Called with the name of each point in the work; tests freeze or kill the process there.
    """

    sender: Sender
    clock: Clock
    at: Callable[[str], None] = lambda _point: None
    busy: int = 0
    _jobs: "queue.SimpleQueue[tuple[Job, float] | None]" = field(default_factory=queue.SimpleQueue)
    _results: "queue.SimpleQueue[Result]" = field(default_factory=queue.SimpleQueue)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "WorkerPool":
        """Start the threads."""
        for number in range(self.sender.workers):
            thread = threading.Thread(target=self._work, name=f"send-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_error: object) -> None:
        """Let the threads end after their current jobs."""
        for _thread in self._threads:
            self._jobs.put(None)

    @property
    def free(self) -> int:
        """How many more jobs would start at once."""
        return max(0, self.sender.workers - self.busy)

    def give(self, job: Job, *, start_before: float) -> None:
        """Give one job to the threads.

        Args:
            job: The job.
            start_before: The latest time, on `Clock.elapsed`, to open a socket for a text. This is how an order to stop
                is obeyed: a text claimed before the order and not started soon after its claim is never started.
        """
        self.busy += 1
        self._jobs.put((job, start_before))

    def collect(self, seconds: float) -> list[Result]:
        """All results so far; waits up to `seconds` for the first."""
        found: list[Result] = []
        try:
            found.append(self._results.get(timeout=max(0.0, self.clock.machine_seconds(seconds))))
            while True:
                found.append(self._results.get_nowait())
        except queue.Empty:
            pass
        self.busy -= len(found)
        return found

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
            job, start_before = given
            try:
                self._results.put(self._do(job, start_before))
            except Exception as error:  # noqa: BLE001 - a fault in a thread must neither vanish nor lose the alert
                unknown = Outcome("unknown", f"a fault of the program: {type(error).__name__}")
                sent = isinstance(job, SendJob)
                self._results.put(Result(job, unknown if sent else None, why=type(error).__name__))

    def _do(self, job: Job, start_before: float) -> Result:
        if not isinstance(job, SendJob):
            return self._ask(job)
        self.at("claimed")
        if self.clock.elapsed() > start_before:
            return Result(job, Outcome("not_sent", "held too long between claim and socket"))
        self.at("before the socket")
        outcome = self.sender.send(job.message)
        self.at("after the answer")
        return Result(job, outcome)

    def _ask(self, job: Question | ListJob) -> Result:
        try:
            if isinstance(job, ListJob):
                return Result(job, page=self.sender.read_list(job.older_than))
            return Result(job, found=self.sender.ask(job.provider_reference))
        except CannotAsk as error:
            return Result(job, why=str(error), refused=isinstance(error, Refused))
