"""Authorisation: tokens, keys, and the 30 seconds."""

import pytest
from notifications_python_client.errors import HTTPError

from notify_standin.refusals import CLOCK_MESSAGE, TOKEN_MESSAGE
from notify_standin_tests.clients import Plain, make_client, make_token, read_errors, send

ELSEWHERE = "00000000-0000-4000-8000-000000000001"


def ask(standin, **headers):
    status, _, body = Plain(standin).ask("GET", "/v2/notifications", headers=headers)
    return status, read_errors(body) if status != 200 else []


@pytest.mark.parametrize("ago_s", [30, 0, -30])
def test_a_token_of_thirty_seconds_either_way_is_good(standin, ago_s):
    token = make_token(standin, iat=int(standin.clock.now().timestamp()) - ago_s)
    assert ask(standin, Authorization=f"Bearer {token}") == (200, [])


@pytest.mark.parametrize("ago_s", [31, 3600, -31, -3600])
def test_one_that_is_staler_or_newer_is_a_403(standin, ago_s):
    token = make_token(standin, iat=int(standin.clock.now().timestamp()) - ago_s)
    assert ask(standin, Authorization=f"Bearer {token}") == (403, [("AuthError", CLOCK_MESSAGE)])


def test_a_request_begun_too_late_with_its_old_token_makes_no_row(standin):
    token = make_token(standin)
    standin.advance(31)
    form = {"phone_number": "07700900123", "template_id": standin.template_id, "personalisation": {"reference": "A"}}
    status, _, body = Plain(standin).ask("POST", "/v2/notifications/sms", form, token=token)
    assert (status, read_errors(body)) == (403, [("AuthError", CLOCK_MESSAGE)])
    assert standin.ledger() == []


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "Unauthorized: authentication token must be provided"),
        ("Basic abc", "Unauthorized: authentication bearer scheme must be used"),
    ],
)
def test_no_bearer_token_is_a_401(standin, header, message):
    headers = {} if header is None else {"Authorization": header}
    assert ask(standin, **headers) == (401, [("AuthError", message)])


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"secret": ELSEWHERE}, "Invalid token: API key not found"),
        ({"iss": ELSEWHERE}, "Invalid token: service not found"),
        ({"iss": "us"}, "Invalid token: service id is not the right data type"),
        ({"iss": None}, "Invalid token: iss field not provided"),
        ({"iat": None}, "Invalid token: API key not found"),
        ({"algorithm": "HS512", "secret": "s" * 64}, "Invalid token: algorithm used is not HS256"),
    ],
)
def test_a_wrong_token_is_a_403(standin, claims, message):
    assert ask(standin, Authorization=f"Bearer {make_token(standin, **claims)}") == (403, [("AuthError", message)])


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "W10.W10.c2ln"])
def test_what_is_no_token_is_a_403(standin, token):
    assert ask(standin, Authorization=f"Bearer {token}") == (403, [("AuthError", TOKEN_MESSAGE)])


def test_a_revoked_key_and_an_archived_service_are_a_403(standin):
    standin.set_service(revoked={"live": True})
    header = {"Authorization": f"Bearer {make_token(standin)}"}
    assert ask(standin, **header) == (403, [("AuthError", "Invalid token: API key revoked")])
    assert ask(standin, Authorization=f"Bearer {make_token(standin, key_type='test')}")[0] == 200
    standin.set_service(archived=True)
    assert ask(standin, **header) == (403, [("AuthError", "Invalid token: service is archived")])


def test_the_keys_text_is_name_service_secret(standin):
    name, service, secret = standin.api_key[:-74], standin.api_key[-73:-37], standin.api_key[-36:]
    assert (name, service) == ("live_key", standin.service_id)
    assert len({key[-36:] for key in standin.keys.values()} | {secret}) == 3


def test_the_client_sees_the_403(standin):
    client = make_client(standin)
    standin.advance(120)
    with pytest.raises(HTTPError) as caught:
        send(client, standin)
    assert caught.value.status_code == 403
    assert caught.value.message == [{"error": "AuthError", "message": CLOCK_MESSAGE}]
