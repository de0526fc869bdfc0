"""Limits: the token bucket with its starvation, and the day."""

from datetime import UTC, datetime

import pytest
from notifications_python_client.errors import HTTPError

from notify_standin_tests.clients import Plain, StillClock, make_client, read_errors, send

EVENING = datetime(2026, 11, 24, 23, 59, 0, tzinfo=UTC)


def over_rate(limit, key_type="LIVE"):
    return [("RateLimitError", f"Exceeded rate limit for key type {key_type} of {limit} requests per 60 seconds")]


def statuses(plain, count):
    return [plain.post()[0] for _ in range(count)]


@pytest.mark.parametrize(("limit", "at_once"), [(60, 20), (100, 34), (3000, 999), (30_000, 999)])
def test_a_full_bucket_holds_a_third_of_the_minute_and_a_thousand_at_most(start, limit, at_once):
    plain = Plain(start(rate_limit=limit))
    answers = statuses(plain, at_once + 3)
    assert answers == [201] * at_once + [429] * 3


def test_the_429_says_which_key_and_names_no_time_to_wait(start):
    plain = Plain(start(rate_limit=3), key_type="test")
    assert plain.post()[0] == 201
    status, headers, body = plain.ask("POST", "/v2/notifications/sms", {})
    assert (status, body["status_code"], read_errors(body)) == (429, 429, over_rate(3, "TEST"))
    assert "Retry-After" not in headers


def test_it_refills_by_whole_tokens_at_the_rate(start):
    standin = start(rate_limit=60)
    plain = Plain(standin)
    statuses(plain, 30)
    standin.advance(5.5)
    assert statuses(plain, 5) == [201] * 4 + [429]
    standin.advance(0.5)
    assert statuses(plain, 1) == [429]


def test_denied_requests_eat_the_refill(start):
    standin = start(rate_limit=60)
    plain = Plain(standin)
    statuses(plain, 30)
    for _ in range(20):
        standin.advance(1)
        assert statuses(plain, 1) == [429]
    standin.advance(5)
    assert statuses(plain, 1) == [201]


def test_a_400_costs_a_token_and_a_get_does_not(start):
    plain = Plain(start(rate_limit=60))
    for _ in range(50):
        assert plain.get("/v2/notifications")[0] == 200
    assert [plain.post(phone_number="1")[0] for _ in range(20)] == [400] * 20
    assert plain.post()[0] == 429


def test_a_wrong_token_costs_none(start):
    plain = Plain(start(rate_limit=60))
    for _ in range(40):
        assert plain.ask("POST", "/v2/notifications/sms", {}, token="x")[0] == 403
    assert plain.post()[0] == 201


def test_each_type_of_key_has_its_own_bucket(start):
    standin = start(rate_limit=60)
    statuses(Plain(standin), 21)
    assert Plain(standin, key_type="test").post()[0] == 201


def test_without_a_limit_nothing_is_denied(start):
    standin = start(rate_limit=None)
    assert statuses(Plain(standin), 1200) == [201] * 1200
    assert standin.counts()["error_RateLimitError"] == 0


def test_the_daily_limit_goes_by_the_utc_date(start):
    standin = start(StillClock(EVENING), daily_limit=2)
    plain = Plain(standin)
    assert statuses(plain, 2) == [201, 201]
    status, body = plain.post()
    assert (status, read_errors(body)) == (429, [("TooManyRequestsError", "Exceeded send limits (sms: 2) for today")])
    standin.advance(59)
    assert statuses(plain, 1) == [429]
    standin.advance(1)
    assert statuses(plain, 3) == [201, 201, 429]


def test_what_was_refused_or_never_stored_does_not_count_for_the_day(start):
    standin = start(daily_limit=1)
    plain = Plain(standin)
    assert plain.post(phone_number="1")[0] == 400
    assert plain.post(phone_number="07700900000")[0] == 201
    assert Plain(standin, key_type="test").post()[0] == 201
    assert statuses(plain, 2) == [201, 429]


def test_a_storm_denies_everything_while_it_lasts(start):
    standin = start(rate_limit=60)
    plain = Plain(standin)
    standin.storm(10)
    assert read_errors(plain.post()[1]) == over_rate(60)
    standin.advance(9)
    assert plain.post()[0] == 429
    standin.advance(1)
    assert plain.post()[0] == 201


def test_a_storm_empties_the_bucket_as_it_begins(start):
    standin = start(rate_limit=60)
    plain = Plain(standin)
    plain.post()
    standin.storm(3)
    standin.advance(3)
    assert statuses(plain, 3) == [201, 201, 429]


def test_the_client_sees_the_429_and_does_not_try_again(start):
    standin = start()
    standin.set_limits(rate_limit=3, daily_limit=5)
    client = make_client(standin)
    send(client, standin)
    with pytest.raises(HTTPError) as caught:
        send(client, standin)
    assert caught.value.status_code == 429
    assert caught.value.message[0]["error"] == "RateLimitError"
    assert standin.counts()["posts"] == 2
