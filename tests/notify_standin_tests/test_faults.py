"""Faults: what the other side sees of each, and whether there is a row."""

import socket
import threading
from http.client import IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest
import requests
from notifications_python_client.errors import HTTPError, InvalidResponse

from notify_standin import Fault
from notify_standin.faults import KINDS
from notify_standin_tests.clients import REFERENCE, Plain, make_client, make_token, read_errors, send

FIREWALL = b"<html>"


def rows(standin):
    return len(standin.ledger())


@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("drop_before", RemoteDisconnected, 0),
        ("drop_after", RemoteDisconnected, 1),
        ("reset_before", ConnectionResetError, 0),
        ("reset_after", ConnectionResetError, 1),
        ("truncated_body", IncompleteRead, 1),
    ],
)
def test_a_connection_that_breaks(standin, plain, kind, error, made):
    standin.script(kind)
    with pytest.raises(error) as caught:
        plain.post()
    assert type(caught.value) is error
    assert rows(standin) == made
    assert Plain(standin).references(f"?reference={REFERENCE}") == [REFERENCE] * made
    assert standin.counts()[f"fault_{kind}"] == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "reset_after", "truncated_body"])
def test_the_client_turns_each_into_the_same_503_without_a_response(standin, client, kind):
    standin.script(kind)
    with pytest.raises(HTTPError) as caught:
        send(client, standin)
    assert (caught.value.status_code, caught.value.response) == (503, None)
    assert isinstance(caught.value.__cause__, requests.RequestException)
    assert standin.counts()["posts"] == 1


def test_broken_json_with_a_right_length(standin, client):
    standin.script("truncated_json")
    with pytest.raises(InvalidResponse):
        send(client, standin)
    assert rows(standin) == 1


@pytest.mark.parametrize(
    ("kind", "made"), [("error_5xx_with_row", 1), ("error_5xx_without_row", 0), ("error_5xx_before", 0)]
)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_with_and_without_a_row(standin, client, kind, made, status):
    standin.script(Fault(kind, status=status))
    with pytest.raises(HTTPError) as caught:
        send(client, standin)
    assert caught.value.response.status_code == status
    assert rows(standin) == made


def test_a_firewalls_403_is_no_json(standin, client):
    standin.script("html_403")
    with pytest.raises(HTTPError) as caught:
        send(client, standin)
    assert caught.value.status_code == 403
    assert caught.value.response.content.startswith(FIREWALL)
    assert caught.value.message == "Request failed"
    assert rows(standin) == 0


@pytest.mark.parametrize(("kind", "made"), [("stall_before", 0), ("stall_after", 1)])
def test_a_stall_outlasts_the_client(standin, kind, made):
    standin.script(kind)
    with pytest.raises(HTTPError) as caught:
        send(make_client(standin, timeout=0.2), standin)
    assert isinstance(caught.value.__cause__, requests.ReadTimeout)
    assert rows(standin) == made


def test_a_stalled_reply_comes_after_35_seconds(standin, plain):
    standin.script("stall_after")
    answers = []
    asking = threading.Thread(target=lambda: answers.append(plain.post()[0]))
    asking.start()
    while not standin.ledger():
        asking.join(0.01)
    standin.advance(34)
    asking.join(0.05)
    assert answers == []
    standin.advance(1)
    asking.join(10)
    assert answers == [201]


@pytest.mark.parametrize("hold", [False, True])
def test_a_late_commit_appears_when_its_time_has_come(standin, hold):
    standin.script(Fault("late_commit", seconds=60, hold=hold))
    cause = requests.ReadTimeout if hold else requests.ConnectionError
    with pytest.raises(HTTPError) as caught:
        send(make_client(standin, timeout=0.2), standin)
    assert isinstance(caught.value.__cause__, cause)
    plain = Plain(standin)
    assert plain.references(f"?reference={REFERENCE}") == []
    standin.advance(59)
    assert plain.references(f"?reference={REFERENCE}") == []
    assert [row["visible"] for row in standin.ledger()] == [False]
    standin.advance(1)
    assert plain.references(f"?reference={REFERENCE}") == [REFERENCE]
    assert [(row["visible"], row["visible_after_s"]) for row in standin.ledger()] == [(True, 60)]


def test_late_commits_come_within_90_seconds_unless_told_otherwise(start):
    standin = start(seed=5, rate_limit=None)
    standin.set_faults(post={"late_commit": 1.0}, hold_share=0.0)

    def late(count):
        for _ in range(count):
            with pytest.raises(RemoteDisconnected):
                Plain(standin).post()
        return [row["visible_after_s"] for row in standin.ledger()]

    delays = late(60)
    assert 0 < min(delays) < max(delays) <= 90
    assert max(delays) > 60
    standin.set_faults(late_commit_s=900)
    assert max(late(40)) > 90


def test_a_template_can_change_in_the_middle_of_a_run(standin, client):
    before = send(client, standin, reference="A")
    standin.script(Fault("template_changed", body="Other words ((reference))"))
    after = send(client, standin, reference="B")
    later = send(client, standin, reference="C")
    assert [answer["template"]["version"] for answer in (before, after, later)] == [1, 2, 2]
    assert [answer["content"]["body"] for answer in (after, later)] == ["Other words B", "Other words C"]
    standin.script("template_changed")
    assert send(client, standin, reference="D")["content"]["body"] == "Other words D (changed)"


def test_a_reply_can_name_another_reference(standin, client):
    standin.script("wrong_reference")
    assert send(client, standin)["reference"] == "not-what-was-sent"
    assert [row["reference"] for row in standin.ledger()] == [REFERENCE]


def test_new_connections_are_refused_for_a_while_on_the_same_port(standin, plain):
    plain.post()
    standin.refuse(20)
    with pytest.raises(HTTPError) as caught:
        send(make_client(standin), standin)
    assert "refused" in str(caught.value.__cause__)
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).post()
    assert plain.post()[0] == 201
    standin.advance(19)
    with pytest.raises(ConnectionRefusedError):
        Plain(standin).post()
    standin.advance(1)
    assert Plain(standin).post()[0] == 201
    assert rows(standin) == 3


def test_refusing_can_be_drawn_too(standin, plain):
    standin.script(Fault("refuse", seconds=5))
    assert plain.post()[0] == 201
    with pytest.raises(ConnectionRefusedError):
        plain.post()
    standin.advance(5)
    assert Plain(standin).post()[0] == 201


def test_a_drawn_storm_denies_the_others_too(standin, plain):
    standin.script("rate_storm")
    assert [plain.post(reference=name)[0] for name in "ABC"] == [429] * 3
    assert read_errors(plain.post()[1])[0][0] == "RateLimitError"
    standin.advance(20)
    assert plain.post()[0] == 201


def test_a_fault_can_wait_for_one_reference(standin, plain):
    standin.script("error_5xx_without_row", reference="B")
    assert plain.post(reference="A")[0] == 201
    assert plain.post(reference="B")[0] >= 500
    assert plain.post(reference="B")[0] == 201


def test_a_fault_outlasts_a_request_that_is_refused_for_its_token(standin, plain):
    standin.script("error_5xx_without_row")
    stale = make_token(standin, iat=int(standin.clock.now().timestamp()) - 60)
    status, _, _ = plain.ask("POST", "/v2/notifications/sms", {"reference": REFERENCE}, token=stale)
    assert status == 403
    assert plain.post()[0] >= 500
    assert plain.post()[0] == 201


@pytest.mark.parametrize(
    ("kind", "error"),
    [("drop", RemoteDisconnected), ("reset", ConnectionResetError), ("truncated_body", IncompleteRead)],
)
def test_a_question_can_fail_as_well(standin, plain, kind, error):
    standin.script(kind, method="GET")
    with pytest.raises(error):
        plain.references()
    assert Plain(standin).references() == []


def test_a_question_can_meet_a_firewall_an_error_or_a_stall(standin, client):
    standin.script("html_403", Fault("error_5xx", status=502), Fault("error_5xx", status=500), method="GET")
    for status in (403, 502, 500):
        with pytest.raises(HTTPError) as caught:
            client.get_all_notifications()
        assert caught.value.status_code == status
    standin.script("truncated_json", method="GET")
    with pytest.raises(InvalidResponse):
        client.get_all_notifications()
    standin.script("stall", method="GET")
    with pytest.raises(HTTPError) as caught:
        make_client(standin, timeout=0.2).get_all_notifications()
    assert isinstance(caught.value.__cause__, requests.ReadTimeout)


def test_chances_are_drawn_with_a_seed(start):
    def course(seed):
        standin = start(seed=seed, rate_limit=None)
        standin.set_faults(post={"error_5xx_with_row": 0.3, "html_403": 0.3})
        plain = Plain(standin)
        for _ in range(60):
            plain.post()
        return [request["fault"] for request in standin.requests()]

    first = course(1)
    assert first == course(1)
    assert first != course(2)
    assert {fault: first.count(fault) > 5 for fault in set(first)} == {
        None: True,
        "error_5xx_with_row": True,
        "html_403": True,
    }


def test_faults_end_when_they_are_cleared(standin, plain):
    standin.set_faults(post={"html_403": 1.0}, get={"html_403": 1.0})
    assert plain.post()[0] == 403
    standin.clear_faults()
    assert (plain.post()[0], plain.references()) == (201, [REFERENCE])


@pytest.mark.parametrize("chances", [{"lightning": 0.1}, {"drop_before": 0.6, "drop_after": 0.6}, {"reset_after": -1}])
def test_chances_that_cannot_be_are_refused(standin, chances):
    with pytest.raises(ValueError, match=r"no fault|shares"):
        standin.set_faults(post=chances)


@pytest.mark.parametrize("kind", sorted(KINDS["POST"]))
def test_no_fault_makes_a_row_out_of_a_request_that_is_refused(start, kind):
    standin = start()
    standin.script(Fault(kind, seconds=0))
    try:
        status = Plain(standin).post(phone_number="1")[0]
    except (RemoteDisconnected, ConnectionResetError):
        status = None
    assert status != 201
    assert rows(standin) == 0


def test_a_request_that_breaks_off_in_its_middle_makes_no_row(standin):
    target = urlsplit(standin.url)
    with socket.create_connection((target.hostname, target.port)) as connection:
        connection.sendall(b"POST /v2/notifications/sms HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert (standin.counts()["incomplete"], standin.counts()["posts"], rows(standin)) == (1, 0, 0)


def test_a_sender_that_dies_before_the_reply_leaves_its_row(standin):
    plain = Plain(standin)
    standin.script("stall_after")
    plain.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        plain.post()
    plain.connection.close()
    standin.advance(35)
    assert rows(standin) == 1
    assert Plain(standin).post()[0] == 201
