"""What a test reads afterwards, and the controls that it has; here and over HTTP."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from fast_clock import FastClock
from notify_standin import RemoteStandin, StandinProcess
from notify_standin.clockwork import PushedClock
from notify_standin_tests.clients import MOBILE, REFERENCE, Plain, StillClock, make_token


def test_the_ledger_has_what_was_accepted_and_when(standin, plain):
    token_time = int(standin.clock.now().timestamp()) - 7
    form = {
        "phone_number": MOBILE,
        "template_id": standin.template_id,
        "personalisation": {"reference": REFERENCE},
        "reference": REFERENCE,
    }
    _, _, sent = plain.ask("POST", "/v2/notifications/sms", form, token=make_token(standin, iat=token_time))
    assert standin.ledger() == [
        {
            "id": sent["id"],
            "reference": REFERENCE,
            "number": "+447700900123",
            "phone_number": MOBILE,
            "body": sent["content"]["body"],
            "delivered_text": f"Alerts: {sent['content']['body']}",
            "key_type": "live",
            "template_id": standin.template_id,
            "template_version": 1,
            "accepted_at": standin.now(),
            "visible_after_s": 0.0,
            "visible": True,
            "iat": token_time,
            "connected_at": standin.now(),
            "arrived_at": standin.now(),
            "received_at": standin.now(),
            "fault": None,
            "status": "created",
        }
    ]


def test_every_reply_has_the_stand_ins_date(standin, plain):
    standin.advance(86_400)
    for method, path in ("GET", "/v2/notifications"), ("POST", "/v2/notifications/sms"), ("GET", "/nothing"):
        shown = parsedate_to_datetime(plain.ask(method, path)[1]["Date"])
        assert shown == standin.clock.now().replace(microsecond=0)
    standin.script("error_5xx_without_row", "html_403")
    for _ in range(2):
        _, headers, _ = plain.ask("POST", "/v2/notifications/sms", {"reference": REFERENCE})
        assert headers["Date"] == format_datetime(standin.clock.now(), usegmt=True)


def test_the_log_has_every_request_in_order_with_its_times(standin, plain):
    plain.post(reference="A")
    standin.advance(10)
    standin.script("drop_before")
    with pytest.raises(ConnectionResetError):
        plain.post(reference="B")
    plain.post(phone_number="1", reference="C")
    Plain(standin).references("?reference=A")
    log = standin.requests()
    assert [(one["method"], one["reference"], one["status"], one["fault"], one["error"]) for one in log] == [
        ("POST", "A", 201, None, None),
        ("POST", "B", None, "drop_before", None),
        ("POST", "C", 400, None, "ValidationError"),
        ("GET", "A", 200, None, None),
    ]
    assert log[0]["connected_at"] == log[1]["connected_at"] < log[1]["arrived_at"]
    assert standin.requests(after=log[1]["order"]) == log[2:]


def test_arrival_is_told_apart_at_accept_at_the_first_byte_and_at_the_last(standin):
    plain = Plain(standin)
    plain.connection.connect()
    wait_until(lambda: standin._server._open)
    standin.advance(1)
    body = json.dumps({"reference": REFERENCE}).encode()
    plain.connection.putrequest("POST", "/v2/notifications/sms")
    plain.connection.putheader("Content-Length", str(len(body)))
    plain.connection.endheaders()
    time.sleep(0.05)
    standin.advance(1)
    plain.connection.send(body)
    plain.connection.getresponse().read()
    (one,) = standin.requests()
    assert one["connected_at"] < one["arrived_at"] < one["received_at"]


def wait_until(condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_controls_are_never_the_api_and_the_api_never_the_controls(standin, plain):
    standin.set_faults(post={"drop_before": 1.0}, get={"drop": 1.0})
    status, _, body = plain.ask("POST", "/_standin/counts", {}, headers={})
    assert (status, body["result"]["posts"]) == (200, 0)
    assert plain.ask("POST", "/_standin/v2/notifications/sms", {}, headers={})[0] == 404
    assert standin.requests() == []
    beside = Plain(standin, url=standin.control_url)
    assert beside.ask("GET", "/v2/notifications")[0] == 404
    assert beside.ask("POST", "/_standin/now", {}, headers={})[2] == {"result": standin.now()}


def test_the_controls_say_what_is_wrong_with_them(standin):
    remote = RemoteStandin(standin.control_url)
    with pytest.raises(ValueError, match="no such control"):
        remote.do("explode")
    with pytest.raises(ValueError, match="no fault 'lightning'"):
        remote.set_faults(post={"lightning": 1.0})
    with pytest.raises(ValueError, match="unexpected keyword"):
        remote.do("advance", minutes=3)
    remote.disconnect()


def test_the_controls_are_there_while_connections_are_refused(standin):
    remote = RemoteStandin(standin.control_url)
    remote.refuse(30)
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).post()
    assert remote.counts()["posts"] == 0
    remote.disconnect()


def test_a_handle_over_http_gives_what_one_here_gives(standin, plain):
    remote = RemoteStandin(standin.control_url)
    plain.post()
    assert remote.about == standin.about
    assert remote.ledger() == standin.ledger()
    assert remote.accepted_by_reference() == standin.accepted_by_reference()
    assert remote.requests() == standin.requests()
    remote.script("html_403")
    assert plain.post()[0] == 403
    remote.advance(100)
    assert remote.now() == standin.now()
    remote.disconnect()


def test_time_is_pushed_on_and_never_back(standin):
    with pytest.raises(ValueError, match="never back"):
        standin.advance(-1)


def test_a_wait_ends_when_its_time_is_pushed_past_or_the_clock_closed():
    clock = PushedClock(StillClock())
    clock.advance(5)
    assert clock.wait(0)
    clock.close()
    assert not clock.wait(1000)


def test_ended_stand_ins_answer_no_more(start):
    standin = start()
    url_of_dead = standin.url
    standin.close()
    with pytest.raises(ConnectionRefusedError):
        Plain(standin, url=url_of_dead).ask("GET", "/v2/notifications", headers={})


def test_a_process_of_its_own_shares_the_time_and_keeps_a_file(tmp_path):
    base = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    clock = FastClock(20, base=base)
    state = tmp_path / "state.jsonl"
    time_arguments = ["--factor", "20", "--base", base.isoformat(), "--started", repr(clock.started)]
    with StandinProcess(
        *time_arguments, "--state", str(state), "--rate-limit", "none", "--fault-settings", '{"stall_s": 40}'
    ) as standin:
        standin.clock = clock
        assert standin.announced == {**standin.about, "control_url": standin.control_url}
        assert Plain(standin).post()[0] == 201
        shown = datetime.strptime(standin.now(), "%Y-%m-%dT%H:%M:%S.%f%z")
        assert abs(shown - clock.now()) < timedelta(minutes=5)
        (row,) = standin.accepted_by_reference()[REFERENCE]
        assert base <= datetime.fromisoformat(row["accepted_at"]) <= clock.now()
    assert standin.process.returncode == 0
    first, second = map(json.loads, state.read_text(encoding="utf-8").splitlines())
    assert first["about"] == standin.about
    assert (second["id"], second["reference"]) == (row["id"], REFERENCE)


def test_a_process_that_cannot_start_says_so(capfd):
    with pytest.raises(RuntimeError, match="did not start"):
        StandinProcess("--rate-limit", "many")
    assert "invalid" in capfd.readouterr().err
