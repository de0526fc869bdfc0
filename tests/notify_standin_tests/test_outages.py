"""Outages: what is answered while one lasts, what is accepted in truth, and how it ends."""

from http.client import RemoteDisconnected

import pytest
import requests
from notifications_python_client.errors import HTTPError

from fast_clock import FastClock
from notify_standin import Outage, StandinProcess
from notify_standin_tests.clients import REFERENCE, Plain, make_client, send


def statuses(plain, count, **fields):
    return [plain.post(**fields)[0] for _ in range(count)]


@pytest.mark.parametrize(("share", "made"), [(0.0, 0), (1.0, 5)])
def test_all_posts_are_5xx_until_it_ends_with_rows_or_without(standin, plain, share, made):
    assert standin.outage(Outage(60, with_row=share, status=500)) == 60
    assert statuses(plain, 5) == [500] * 5
    assert len(standin.ledger()) == made
    standin.advance(59.5)
    assert plain.post(reference="LATE")[0] == 500
    standin.advance(0.5)
    assert plain.post(reference="AFTER")[0] == 201
    assert plain.references(f"?reference={REFERENCE}") == [REFERENCE] * made
    assert standin.counts()["in_outages"] == 6


def test_a_share_of_posts_makes_a_row(start):
    standin = start(seed=3, rate_limit=None)
    standin.outage(Outage(60, with_row=0.25))
    plain = Plain(standin)
    answers = statuses(plain, 80)
    assert set(answers) == {500, 502, 503, 504}
    assert 8 <= len(standin.ledger()) <= 34


def test_a_5xx_without_a_row_costs_no_token(start):
    standin = start(rate_limit=3)
    standin.outage(Outage(60))
    assert min(statuses(Plain(standin), 9)) >= 500


@pytest.mark.parametrize(("gets", "answer"), [(True, 503), (False, 200)])
def test_questions_fail_too_or_do_not(standin, plain, gets, answer):
    standin.outage(Outage(60, gets=gets, status=503))
    assert plain.get("/v2/notifications")[0] == answer
    assert plain.post()[0] == 503
    standin.advance(60)
    assert plain.get("/v2/notifications")[0] == 200


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_read_time_out_outlasts_the_client(standin, share):
    standin.outage(Outage(60, kind="read_timeout", with_row=share))
    with pytest.raises(HTTPError) as caught:
        send(make_client(standin, timeout=0.2), standin)
    assert isinstance(caught.value.__cause__, requests.ReadTimeout)
    assert len(standin.ledger()) == share
    with pytest.raises(HTTPError) as caught:
        make_client(standin, timeout=0.2).get_all_notifications()
    assert isinstance(caught.value.__cause__, requests.ReadTimeout)


def test_connections_are_refused_and_open_ones_broken_off(standin, client, plain):
    send(client, standin)
    assert plain.post()[0] == 201
    standin.outage(Outage(60, kind="refuse"))
    with pytest.raises((RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        plain.post()
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).get("/v2/notifications")
    with pytest.raises(HTTPError) as caught:
        send(make_client(standin), standin)
    assert "refused" in str(caught.value.__cause__)
    assert len(standin.ledger()) == 2
    standin.advance(60)
    assert Plain(standin).post()[0] == 201


def test_they_follow_one_another(standin):
    assert standin.outage(Outage(10, status=500), Outage(10, kind="refuse", after_s=5)) == 25
    assert standin.outage(Outage(10, status=502, with_row=1.0)) == 35
    plain = Plain(standin)
    assert plain.post()[0] == 500
    standin.advance(10)
    assert plain.post()[0] == 201
    standin.advance(5)
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).post()
    standin.advance(10)
    assert Plain(standin).post()[0] == 502
    standin.advance(10)
    assert Plain(standin).post()[0] == 201
    assert len(standin.ledger()) == 3


def test_it_can_be_ended_and_what_was_to_follow_does_not_come(standin):
    standin.outage(Outage(20, kind="refuse"), Outage(20, status=500), Outage(20, kind="refuse"))
    standin.end_outages()
    assert Plain(standin).post()[0] == 201
    standin.outage(Outage(1000, kind="refuse"))
    standin.advance(45)
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).post()
    standin.end_outages()
    for _ in range(3):
        standin.advance(20)
        assert Plain(standin).post()[0] == 201


def test_a_script_waits_until_it_is_over(standin, plain):
    standin.script("html_403")
    standin.outage(Outage(10, status=500))
    assert plain.post()[0] == 500
    standin.advance(10)
    assert statuses(plain, 2) == [403, 201]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"seconds": 5, "kind": "flood"}, "no outage 'flood'"),
        ({"seconds": -1}, "nought or more"),
        ({"seconds": 1, "with_row": 2}, "a share from 0 to 1"),
    ],
)
def test_what_cannot_be_is_said(standin, words, message):
    with pytest.raises(ValueError, match=message):
        standin.do("outage", outages=[words])


def test_a_process_can_begin_in_one():
    clock = FastClock(1)
    arguments = ["--base", clock.base.isoformat(), "--started", repr(clock.started)]
    with StandinProcess(*arguments, "--outages", '[{"seconds": 600, "status": 504, "with_row": 1.0}]') as standin:
        standin.clock = clock
        plain = Plain(standin)
        assert plain.post()[0] == 504
        assert len(standin.ledger()) == 1
        standin.outage(Outage(60, kind="refuse"))
        standin.end_outages()
        assert plain.get("/v2/notifications")[0] == 200
