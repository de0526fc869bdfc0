"""A provider and a worker pool without threads or sockets: the test decides what arrives where and when."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ringback.alerting.delivery.worker_pool import Question, Result, SendJob
from ringback.alerting.senders.base import CannotAsk, Found, Outcome, Sender

# The provider refuses a request whose claim is older than the first; it shows what it took within the second.
TOKEN_S, LATE_S = 30.0, 90.0
# If the provider breaks that promise: the latest time until such a text shows up.
TOO_LATE_S = 150.0


@dataclass
class Taken:
    """One text that the provider took, and shows from `shown_at` on."""

    reference: str
    id: str
    shown_at: datetime
    too_late: bool = False


@dataclass
class SimulatedProvider(Sender):
    """A provider with its own ledger. It takes the same reference as often as it is sent.

    Attributes:
        ledger: All texts that it took.
        refused: Reference that it will never take, to its answer.
        lost: Reference to count of requests that it did not take, whatever it or the network answered.
    """

    clock: object
    ledger: list = field(default_factory=list)
    refused: set = field(default_factory=set)
    lost: Counter = field(default_factory=Counter)

    name = "simulated"
    workers = 3
    answers = True

    def receive(self, message, fate, seconds=0.0):
        """Receive a request. Returns the outcome that the sender learns."""
        outcome = self._decide(message, fate, seconds)
        if outcome.kind not in ("accepted", "unknown"):
            self.lost[message.provider_reference] += 1
        return outcome

    def _decide(self, message, fate, seconds):
        now = self.clock.now()
        if now - message.claimed_at > timedelta(seconds=TOKEN_S):
            return Outcome("stale", "AuthError: the token is too old")
        if message.provider_reference in self.refused or fate == "rejected":
            self.refused.add(message.provider_reference)
            return Outcome("rejected", "ValidationError: not a number")
        if fate in ("rate_limited", "daily_limited", "refused", "not_sent"):
            return Outcome(fate, f"{fate} by the provider")
        if fate == "lost":
            self.lost[message.provider_reference] += 1
            return Outcome("unknown", "no answer")
        late = timedelta(seconds=seconds if fate in ("late", "too_late") else 0.0)
        taken = Taken(message.provider_reference, f"n-{len(self.ledger) + 1}", now + late, fate == "too_late")
        self.ledger.append(taken)
        return Outcome("accepted", found=self._found(taken)) if fate == "accepted" else Outcome("unknown", "no answer")

    def ask(self, provider_reference):
        """The texts that it shows under this reference now."""
        return [self._found(one) for one in self.shown() if one.reference == provider_reference]

    def shown(self):
        """The texts that it took and shows by now."""
        return [one for one in self.ledger if one.shown_at <= self.clock.now()]

    def count(self, reference):
        """How often it took a reference, shown or not."""
        return sum(one.reference == reference for one in self.ledger)

    def _found(self, taken):
        return Found(taken.id, taken.reference, template_version=1)


@dataclass(eq=False)
class Job:
    """A job on its way: given -> begun (a text whose socket may open) -> answered -> in its process's results."""

    job: SendJob | Question
    start_before: float
    stage: str = "given"
    result: Result | None = None


@dataclass
class SteppedPool:
    """A worker pool that does nothing by itself."""

    sender: SimulatedProvider
    clock: object
    jobs: list = field(default_factory=list)
    results: list = field(default_factory=list)

    @property
    def busy(self):
        return len(self.jobs) + len(self.results)

    @property
    def free(self):
        return max(0, self.sender.workers - self.busy)

    def give(self, job, *, start_before):
        self.jobs.append(Job(job, start_before, "begun" if isinstance(job, Question) else "given"))

    def collect(self, _seconds):
        found, self.results = self.results, []
        return found

    def begin(self, job):
        """Check the clock a last time before the socket, as the real worker pool does."""
        if self.clock.elapsed() > job.start_before:
            job.result = Result(job.job, Outcome("not_sent", "held too long between claim and socket"))
            self.deliver(job)
        else:
            job.stage = "begun"

    def receive(self, job, fate, seconds=0.0):
        """Let a begun request arrive at the provider."""
        if isinstance(job.job, SendJob):
            job.result = Result(job.job, self.sender.receive(job.job.message, fate, seconds))
        elif fate == "accepted":
            job.result = Result(job.job, found=self.sender.ask(job.job.provider_reference))
        else:
            job.result = Result(job.job, why=str(CannotAsk("no answer")))
        job.stage = "answered"

    def deliver(self, job):
        """Let the answer reach the process."""
        self.jobs.remove(job)
        self.results.append(job.result)
