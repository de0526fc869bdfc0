"""The outbox: each text once, from any process and however late; long files stay fast."""

import fcntl
import json
import os
import threading
from datetime import timedelta

import pytest

from alerting.planning_case import OUTBOX
from alerting.sending_case import add_approved_batch, made_up_numbers, make_sending_case
from fast_clock import FastClock
from ringback.alerting.batches.open_sender import open_sender
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.senders.base import CannotAsk, Message
from ringback.alerting.senders.outbox import Outbox
from ringback.errors import RingbackError
from still_clock import StillClock


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox-B-001.jsonl"


def message(clock, reference="rb-1", *, age_s=0.0, text="text"):
    claimed = clock.now() - timedelta(seconds=age_s)
    return Message("+447700900001", text, "BCDF-GHJK-MNZ", reference, claimed)


def references(path):
    return [json.loads(line)["provider_reference"] for line in path.read_text().splitlines()]


def test_a_text_already_in_the_file_is_accepted_and_not_written_again(path, clock):
    first, second = Outbox(path, clock=clock), Outbox(path, clock=clock)
    outcome = first.send(message(clock))
    first.send(message(clock, "rb-2"))
    again = second.send(message(clock))
    assert (again.kind, again.found) == ("accepted", outcome.found)
    assert references(path) == ["rb-1", "rb-2"]


def test_a_text_in_the_file_is_returned_as_written(path, clock):
    Outbox(path, clock=clock).send(message(clock))
    assert Outbox(path, clock=clock).send(message(clock, text="another")).found.text == "text"


def test_a_claim_that_was_held_too_long_is_refused_as_the_provider_would(path, clock):
    outbox = Outbox(path, clock=clock)
    assert outbox.send(message(clock, age_s=30.5)).kind == "stale"
    assert not path.exists() or path.read_bytes() == b""
    assert outbox.send(message(clock, age_s=29.5)).kind == "accepted"


def test_a_claims_age_counts_at_the_write_not_before(path, clock, monkeypatch):
    """Frozen while it waits for the file, so that a young claim becomes old."""
    lock = fcntl.flock

    def slow(handle, how):
        clock.sleep(31)
        return lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    assert Outbox(path, clock=clock).send(message(clock)).kind == "stale"
    assert path.read_bytes() == b""


def test_while_another_process_holds_the_file_nothing_is_written_and_nothing_is_known(path, clock):
    outbox = Outbox(path, clock=clock)
    outbox.send(message(clock))
    handle = os.open(path, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    outcome = outbox.send(message(clock, "rb-2"))
    assert outcome.kind == "not_sent"
    with pytest.raises(CannotAsk):
        outbox.ask("rb-1")
    os.close(handle)
    assert [one.provider_reference for one in outbox.ask("rb-1")] == ["rb-1"]
    assert outbox.ask("rb-2") == []


def test_a_line_that_was_cut_off_is_no_line_and_the_next_one_starts_after_it(path, clock):
    path.write_text('{"id": "outbox:rb-1", "provider_reference": "rb-1", "text": "{}')
    outbox = Outbox(path, clock=clock)
    assert outbox.ask("rb-1") == []
    assert outbox.send(message(clock)).kind == "accepted"
    assert len(outbox.ask("rb-1")) == 1


def test_a_whole_line_without_its_end_is_a_line_once(path, clock):
    Outbox(path, clock=clock).send(message(clock))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    outbox = Outbox(path, clock=clock)
    assert len(outbox.ask("rb-1")) == 1
    outbox.send(message(clock, "rb-2"))
    assert len(outbox.ask("rb-1")) == len(outbox.ask("rb-2")) == 1
    assert references(path) == ["rb-1", "rb-2"]


def test_without_a_file_it_has_nothing_and_asking_makes_none(path, clock):
    assert Outbox(path, clock=clock).ask("rb-1") == []
    assert not path.exists()


def test_a_file_that_was_made_anew_is_read_anew(path, clock):
    outbox = Outbox(path, clock=clock)
    outbox.send(message(clock))
    path.unlink()
    assert outbox.ask("rb-1") == []
    assert outbox.send(message(clock)).kind == "accepted"
    assert references(path) == ["rb-1"]


def test_each_line_of_a_long_file_is_read_once(path, clock, monkeypatch):
    outbox, read = Outbox(path, clock=clock), []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda line: read.append(line) or loads(line))
    for place in range(200):
        outbox.send(message(clock, f"rb-{place}"))
    assert len(read) < 200
    outbox.ask("rb-7")
    assert len(read) <= 202


def test_a_sender_frozen_before_the_write_writes_nothing_after_its_lease(tmp_path):
    clock = FastClock(60)
    (tmp_path / "keys").mkdir(mode=0o700)
    case_file = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    issued = add_approved_batch(case_file, made_up_numbers(4), sender=OUTBOX, per_second=1000)
    frozen, go_on, once = threading.Event(), threading.Event(), threading.Lock()

    def freeze(point):
        """Freeze the thread just before it writes, then the loop, which renews no lease any more."""
        if point == "before the socket" and once.acquire(blocking=False):
            frozen.set()
            assert go_on.wait(60)
        elif point == "before the turn" and frozen.is_set():
            assert go_on.wait(60)

    def send(**options):
        sender = open_sender(case_file, OUTBOX, batch="B-001")
        return send_batch(case_file, "B-001", member="alice", sender=sender, **options)

    first = threading.Thread(target=send, kwargs={"at": freeze})
    first.start()
    assert frozen.wait(30)
    assert send().counts == {"accepted": 4}
    go_on.set()
    first.join(60)
    assert sorted(references(case_file.case.out_dir / "outbox-B-001.jsonl")) == sorted(issued)
    case_file.records.dispose()


def kept_elsewhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("precious")
    return elsewhere


@pytest.mark.parametrize("leads_to", ["precious", "nothing"])
def test_a_link_in_place_of_the_file_is_never_followed(path, clock, tmp_path, leads_to):
    elsewhere = kept_elsewhere(tmp_path)
    path.symlink_to(elsewhere / leads_to)
    outcome = Outbox(path, clock=clock).send(message(clock))
    assert outcome.kind == "refused"
    assert f"{path} is a link" in outcome.why
    with pytest.raises(CannotAsk, match="is a link"):
        Outbox(path, clock=clock).ask("rb-1")
    assert [one.name for one in elsewhere.iterdir()] == ["precious"]
    assert (elsewhere / "precious").read_text() == "precious"


def test_a_linked_folder_is_never_followed(clock, tmp_path):
    elsewhere = kept_elsewhere(tmp_path)
    (tmp_path / "out").symlink_to(elsewhere)
    path = tmp_path / "out" / "outbox-B-001.jsonl"
    assert Outbox(path, clock=clock).send(message(clock)).kind == "refused"
    with pytest.raises(CannotAsk, match="is a link"):
        Outbox(path, clock=clock).ask("rb-1")
    assert [one.name for one in elsewhere.iterdir()] == ["precious"]


@pytest.mark.parametrize("linked", ["out", "out/outbox-B-001.jsonl"])
def test_a_batch_does_not_begin_with_a_link_for_an_outbox(tmp_path, clock, linked):
    case_file = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    place = case_file.case.path / linked
    if place.is_dir():
        place.rmdir()
    place.symlink_to(kept_elsewhere(tmp_path))
    with pytest.raises(RingbackError) as caught:
        open_sender(case_file, OUTBOX, batch="B-001")
    assert caught.value.code == "file_linked"
    assert str(place) in str(caught.value)
    case_file.records.dispose()


def test_a_link_that_comes_while_a_batch_is_sent_halts_it(tmp_path):
    clock = FastClock(60)
    case_file = make_sending_case(tmp_path / "case", tmp_path / "keys", clock=clock)
    add_approved_batch(case_file, made_up_numbers(4), sender=OUTBOX, per_second=1000)
    path, elsewhere = case_file.case.out_dir / "outbox-B-001.jsonl", kept_elsewhere(tmp_path)

    def put_a_link(point):
        if point == "lease taken":
            path.symlink_to(elsewhere / "precious")

    sender = open_sender(case_file, OUTBOX, batch="B-001")
    sent = send_batch(case_file, "B-001", member="alice", sender=sender, at=put_a_link)
    assert (sent.end, "is a link" in sent.why) == ("halted", True)
    assert sent.counts == {"waiting": 4}
    assert (elsewhere / "precious").read_text() == "precious"
    case_file.records.dispose()
