"""Any interleaving: processes that start, freeze and die, answers that are late or lost, and people who intervene.

A longer search: RINGBACK_STATES=5000 pytest tests/alerting/delivery/test_sending_states.py --hypothesis-seed=1
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from alerting.interleaved import NUMBERS, Killed, World, prepare
from alerting.simulated import LATE_S, TOO_LATE_S
from ringback.errors import RingbackError
from tiers import examples

# A search through thousands of turns.
pytestmark = pytest.mark.slow

POINTS = ("before the turn", "in the turn", "end of the turn", "after the turn", "lease taken")
# The fate of an ordinary request.
FATES = (
    "accepted", "accepted", "answer_lost", "lost", "late",
    "accepted", "not_sent", "rate_limited", "refused", "rejected",
)  # fmt: skip
anything = st.integers(0, 59)
slots = st.sampled_from([0, 0, 0, 1, 1, 2])
# Ordinary events, which happen between those with a rule of their own.
ordinary = st.lists(
    st.tuples(
        st.sampled_from(["turn", "turn", "turn", "carry", "carry", "carry", "time"]),
        anything,
        st.sampled_from(FATES),
        st.integers(0, int(LATE_S)),
    ),
    max_size=5,
)


class Interleavings(RuleBasedStateMachine):
    """Up to three processes on one batch of five alerts."""

    prepared: Path
    issued: dict
    world = None

    @initialize()
    def open_the_case(self):
        self.world = World(self.prepared, Path(tempfile.mkdtemp(dir=self.prepared.parent)) / "case", self.issued)

    @rule(moves=ordinary)
    def things_go_on(self, moves):
        self._go_on(moves)

    @rule(moves=ordinary, seconds=st.sampled_from([1.0, 10.0, 50.0, 130.0]))
    def time_passes(self, moves, seconds):
        """A process that takes no turn meanwhile is as if frozen."""
        self._go_on(moves)
        self.world.clock.sleep(seconds)

    @rule(moves=ordinary, slot=slots, point=st.sampled_from(POINTS), still_sent=st.booleans())
    def a_process_dies_in_its_turn(self, moves, slot, point, still_sent):
        self._go_on(moves)
        self.world.turn(slot, breaks={point: Killed()}, still_sent=still_sent)

    @rule(moves=ordinary, which=anything, still_sent=st.booleans())
    def a_process_dies_between_turns(self, moves, which, still_sent):
        self._go_on(moves)
        if slots := sorted(self.world.processes):
            self.world.bury(slots[which % len(slots)], still_sent=still_sent)

    @rule(moves=ordinary, slot=slots, point=st.sampled_from(POINTS[:-1]))
    def the_database_fails(self, moves, slot, point):
        """The database fails before or after the commit; the process cannot tell which."""
        self._go_on(moves)
        self.world.turn(slot, breaks={point: RingbackError("records_unusable", problem="the disk is full")})

    @rule(moves=ordinary, which=anything)
    def a_process_is_asked_to_end(self, moves, which):
        self._go_on(moves)
        if slots := sorted(self.world.processes):
            self.world.processes[slots[which % len(slots)]].sending.until.set()

    @rule(moves=ordinary, which=anything, seconds=st.integers(int(LATE_S) + 1, int(TOO_LATE_S)))
    def a_text_is_taken_later_than_promised(self, moves, which, seconds):
        self._go_on(moves)
        if jobs := self.world.jobs("begun"):
            self.world.carry(*jobs[which % len(jobs)], "too_late", seconds)

    @precondition(lambda self: self.world.provider.ledger)
    @rule(moves=ordinary, which=anything, status=st.sampled_from(["delivered", "sending", "permanent-failure"]))
    def a_receipt_comes(self, moves, which, status):
        """The receipt comes before the answer, after it, or a second time."""
        self._go_on(moves)
        if shown := self.world.provider.shown():
            self.world.take_receipt(shown[-1 - which % len(shown)], status)

    @rule(moves=ordinary, approved_again=st.booleans())
    def somebody_stops_the_batch(self, moves, approved_again):
        self._go_on(moves)
        self.world.stop()
        if approved_again:
            self._go_on(moves)
            self.world.approve()

    @rule(moves=ordinary)
    def somebody_approves_the_batch_again(self, moves):
        self._go_on(moves)
        self.world.approve()

    @precondition(lambda self: len(self.world.suppressed) < 2)
    @rule(moves=ordinary, number=st.sampled_from(NUMBERS))
    def a_number_is_suppressed(self, moves, number):
        self._go_on(moves)
        self.world.suppress(number)

    def teardown(self):
        if self.world is not None:
            try:
                self.world.finish()
                self.world.account()
            finally:
                self.world.close()

    def _go_on(self, moves):
        for kind, which, fate, seconds in moves:
            jobs = self.world.jobs()
            if kind == "carry" and jobs:
                self.world.carry(*jobs[which % len(jobs)], fate, seconds)
            elif kind == "time":
                self.world.clock.sleep((0.3, 1.0, 12.0, 31.0)[which % 4])
            else:
                self._turn_of(which)

    def _turn_of(self, which):
        """Usually the turn of the lease holder, since the others wait for it."""
        holding = [slot for slot in (0, 1, 2) if self.world.holds_lease(slot)]
        self.world.turn(holding[which % len(holding)] if holding and which % 6 else which % 3)


@pytest.fixture(scope="module")
def prepared():
    """A case with an approved batch, to be copied for every example; in memory if the machine can."""
    fast = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="ringback-", dir=fast if fast.is_dir() else None))
    Interleavings.prepared, Interleavings.issued = folder / "made", prepare(folder / "made")
    yield
    shutil.rmtree(folder)


def test_any_interleaving_ends_with_every_alert_accounted_for(prepared):
    wanted = os.environ.get("RINGBACK_STATES")
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=int(wanted or examples(80)),
            stateful_step_count=40,
            deadline=None,
            derandomize=not wanted,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
