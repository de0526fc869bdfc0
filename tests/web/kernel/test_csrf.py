"""Forms: with the token they are taken, and without it, with another one or from elsewhere they are not."""

import re

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner

from ringback.web.kernel.app import make_app
from still_clock import StillClock
from web.kernel.small_app import make_small_app


@pytest.fixture
def post(app, ask, open_form):
    """Send the form as a browser does, and then some."""

    def send(token=True, headers=None, **options):
        client, good = open_form(app)
        fields = {"word": "hello"}
        if token:
            fields["csrf_token"] = good if token is True else token
        return ask(app, "/form", client=client, method="POST", data=fields, headers=headers or {}, **options)

    return send


def is_refused(answer):
    assert answer.status_code == 400
    assert "hello" not in answer.text
    return "Your page was open for too long" in answer.text and 'href="/form"' in answer.text


def test_with_its_token_a_form_is_taken(post):
    answer = post()
    assert (answer.status_code, "hello" in answer.text) == (200, True)


@pytest.mark.parametrize("token", [False, "wrong", "", "ImEi.aaaa.bbbb", "\0", "é", "x" * 5000])
def test_without_it_or_with_a_wrong_one_it_is_not(post, token):
    assert is_refused(post(token))


def test_an_origin_without_a_host_is_not_that_of_a_request_without_one(app, ask, open_form):
    client, token = open_form(app)
    headers = {"Origin": "https://", "Host": "a b"}
    assert (
        ask(app, "/form", client=client, method="POST", data={"csrf_token": token}, headers=headers).status_code == 400
    )


def test_a_token_of_another_session_is_not_good(app, post, open_form):
    _client, other = open_form(app)
    assert is_refused(post(other))


def test_a_token_without_its_cookie_is_not_good(app, ask, open_form):
    _client, token = open_form(app)
    assert is_refused(ask(app, "/form", method="POST", data={"csrf_token": token, "word": "hello"}))


def test_a_token_in_the_path_is_none(app, ask, open_form):
    client, token = open_form(app)
    assert is_refused(ask(app, f"/form?csrf_token={token}", client=client, method="POST", data={"word": "hello"}))


@pytest.mark.parametrize(("age_s", "code"), [(4 * 3600 - 60, 200), (4 * 3600 + 60, 400)])
def test_a_token_is_good_for_hours_and_not_for_ever(app, ask, open_form, monkeypatch, age_s, code):
    now = TimestampSigner.get_timestamp
    with monkeypatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) - age_s)
        client, token = open_form(app)
    answer = ask(app, "/form", client=client, method="POST", data={"csrf_token": token, "word": "hello"})
    assert answer.status_code == code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "CROSS-SITE", "Origin": "https://check.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://check.example.evil.example"},
        {"Origin": "https://check.example:444"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "check.example"},
        {"Origin": "http://["},
        {"Origin": "https://"},
        {"Origin": ""},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_from_another_site_it_is_not_taken_whatever_its_token(post, headers):
    assert is_refused(post(headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://check.example"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://CHECK.example:443"},
        {"Referer": "https://evil.example"},
    ],
)
def test_from_our_own_pages_it_is(post, headers):
    assert post(headers=headers).status_code == 200


def test_the_cookie(app, ask):
    said = ask(app, "/form").headers.getlist("Set-Cookie")
    assert len(said) == 1
    name, _is, rest = said[0].partition("=")
    assert name == "__Host-ringback"
    assert set(rest.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_cookie_has_the_same_path_under_a_base_path(ask):
    under = make_small_app(front={"base_path": "/police/check"})
    assert "Path=/;" in ask(under, "/police/check/form").headers["Set-Cookie"] + ";"


def test_it_holds_the_token_and_nothing_else(app, ask):
    value = re.match(r"[^=]+=([^;]+)", ask(app, "/form").headers["Set-Cookie"])[1]
    held = SecureCookieSessionInterface().get_signing_serializer(app).loads(value)
    assert held.keys() == {"csrf_token"}


def test_pages_without_a_form_set_none(app, ask):
    for path in ("/", "/nowhere", "/looked", "/fault"):
        assert "Set-Cookie" not in ask(app, path).headers


def test_a_session_that_is_to_hold_more_is_refused(app, ask):
    answer = ask(app, "/chatty")
    assert answer.status_code == 500
    assert "Set-Cookie" not in answer.headers


def test_unless_the_app_says_so(ask):
    assert "Set-Cookie" in ask(make_small_app(session_keys=frozenset({"number"})), "/chatty").headers


@pytest.mark.parametrize("cookie", ["x", "e30.x.y", "é", "{}"])
def test_a_forged_cookie_is_no_session(app, ask, open_form, cookie):
    _client, token = open_form(app)
    headers = {"Cookie": f"__Host-ringback={cookie}"}
    assert is_refused(ask(app, "/form", method="POST", data={"csrf_token": token}, headers=headers))


def test_another_secret_does_not_know_it(app, ask, open_form):
    client, token = open_form(app)
    app.secret_key = "another secret of the tests"
    answer = ask(app, "/form", client=client, method="POST", data={"csrf_token": token, "word": "hello"})
    assert is_refused(answer)


def test_a_short_secret_does_not_start():
    with pytest.raises(ValueError, match="secret"):
        make_app("small", package="web.kernel.small_app", secret="short", site=lambda: None, clock=StillClock())
