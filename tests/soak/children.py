"""Senders as processes of their own, to be killed, frozen and continued."""

import http.client
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from alerting.sending_case import reopen
from fast_clock import FastClock
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.model.states import ENDED
from ringback.alerting.senders.notify import Notify
from ringback.errors import RingbackError

FINISHED, HALTED, UNLUCKY, NOT_NEWEST = 0, 7, 8, 9
# Children are forked from a process that has imported everything and done nothing: no thread, no lock, no connection.
FORKS = multiprocessing.get_context("forkserver")
# That process finds its modules by this variable alone.
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
FORKS.set_forkserver_preload(["alerting.sending_case", "soak.children"])


def start_sender(place, *, freeze_at=None):
    """Start a sender; returns its process.

    Args:
        place: A Place: what the child needs to know.
        freeze_at: (point, how often it is passed before): the child stops itself there, as if it had been frozen.
    """
    child = FORKS.Process(target=_run, args=(place, freeze_at))
    child.start()
    return child


def _run(place, freeze_at):
    with (place.folder.parent / "children.log").open("a") as log:
        # What goes wrong in a child is looked up there when a run has faults.
        os.dup2(log.fileno(), 2)
        sys.exit(_send(place, freeze_at))


def _send(place, freeze_at):
    # Threads take turns as much faster as the clock runs.
    sys.setswitchinterval(sys.getswitchinterval() / 10)
    clock = FastClock(place.factor, base=place.base, started=place.started)
    try:
        case_file = reopen(place.folder, place.keys, clock=clock)
    except RingbackError as error:
        if error.code in ("records_unusable", "records_older"):
            # What is left of the records cannot be opened.
            return NOT_NEWEST
        raise
    sender = Notify(place.api_key, facts=place.facts, clock=clock)
    at = _freezer(*freeze_at) if freeze_at else lambda _point: None
    with _socket_points(at):
        try:
            sent = send_batch(case_file, place.batch, member="alice", sender=sender, at=at)
        except RingbackError as error:
            if error.code in ("records_rolled_back", "mark_missing", "records_unusable", "case_missing"):
                return NOT_NEWEST
            if error.code == "notify_unreachable":
                # A fault while the template was looked at: the next one may have more luck.
                return UNLUCKY
            # Somebody halted it before this process began: what is in doubt is settled all the same.
            if error.code not in ("batch_not_approved", "sender_differs"):
                raise
            sent = send_batch(case_file, place.batch, member="alice", sender=sender, settle_only=True)
    open_ = [state for state in sent.counts if state not in ENDED]
    return FINISHED if sent.end == "finished" or (sent.end == "settled" and not open_) else HALTED


def _freezer(point, passes):
    seen = Counter()

    def at(reached):
        # The first text of a lease goes alone: only what comes after it is sending as it goes on.
        if reached in (point, "claimed") and (seen["claimed"] > 1 or reached == "claimed" or not passes):
            seen[reached] += 1
        if reached == point and seen[reached] == passes + 1:
            os.kill(os.getpid(), signal.SIGSTOP)
            # The signal stops the whole process, but this thread may still run for an instant.
            time.sleep(0.02)

    return at


@contextmanager
def _socket_points(at):
    """Two more points: a connection is there and nothing was written; the request was written and nothing came back."""
    send = http.client.HTTPConnection.send

    def send_with_points(self, data):
        if isinstance(data, bytes) and data.startswith(b"POST "):
            at("connected")
        send(self, data)
        if not (isinstance(data, bytes) and data.startswith((b"POST ", b"GET "))):
            at("request written")

    http.client.HTTPConnection.send = send_with_points
    try:
        yield
    finally:
        http.client.HTTPConnection.send = send


def kill(child):
    """End a child at once, and wait for it; returns whether it had not ended by itself."""
    ended = child.exitcode is not None
    child.kill()
    child.join()
    return not ended
