"""What each answer of the provider proves, and what it does not."""

from datetime import timedelta

import pytest
import requests
from notifications_python_client.errors import HTTPError
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from alerting.planning_case import API_KEYS
from alerting.sending_case import notify_facts, provider_template
from notify_standin import NotifyStandin
from ringback.alerting.senders.base import CannotAsk, Message
from ringback.alerting.senders.notify import Notify, find_setting_faults
from ringback.clock import SystemClock
from ringback.errors import RingbackError

NUMBER = "+447400000001"


@pytest.fixture(scope="module")
def standin():
    with NotifyStandin(seed=3, template_body=provider_template(), page_size=3) as made:
        yield made


@pytest.fixture
def sender(standin):
    return Notify(standin.api_key, facts=notify_facts(standin), clock=SystemClock())


def message(sender, reference="rb-1", *, number=NUMBER, age_s=0.0):
    claimed = sender._clock.now() - timedelta(seconds=age_s)
    return Message(number, "text", "BCDF-GHJK-MNZ", reference, claimed)


def failing(sender, monkeypatch, cause):
    """The official client's own error around a failure of the network."""
    error = HTTPError()
    error.__cause__ = cause
    client = sender._client(sender._clock.now())

    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(client, "send_sms_notification", fail)
    monkeypatch.setattr(sender, "_client", lambda _dated: client)


POOL = HTTPConnection("127.0.0.1")


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (requests.ConnectTimeout(), "not_sent"),
        (requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(POOL, "refused"))), "not_sent"),
        (requests.ConnectionError(MaxRetryError(None, "/", ConnectTimeoutError(POOL, "late"))), "not_sent"),
        (requests.ConnectionError(ProtocolError("aborted", ConnectionResetError())), "unknown"),
        (requests.ReadTimeout(ReadTimeoutError(None, "/", "late")), "unknown"),
        (requests.exceptions.ChunkedEncodingError(), "unknown"),
        (requests.TooManyRedirects(), "unknown"),
        (requests.exceptions.SSLError(), "unknown"),
        (None, "unknown"),
    ],
)
def test_only_a_connection_that_was_never_made_proves_that_nothing_was_sent(sender, monkeypatch, cause, kind):
    failing(sender, monkeypatch, cause)
    assert sender.send(message(sender)).kind == kind


@pytest.mark.parametrize("error", [KeyError("id"), RuntimeError("?"), MemoryError()])
def test_any_other_network_failure_leaves_a_doubt(sender, monkeypatch, error):
    def fail(*_args, **_kwargs):
        raise error

    client = sender._client(sender._clock.now())
    monkeypatch.setattr(client, "send_sms_notification", fail)
    monkeypatch.setattr(sender, "_client", lambda _dated: client)
    assert sender.send(message(sender)).kind == "unknown"


def test_an_accepted_text_comes_with_what_the_provider_has(sender, standin):
    outcome = sender.send(message(sender, "rb-accepted"))
    assert outcome.kind == "accepted"
    assert outcome.found.provider_reference == "rb-accepted"
    assert outcome.found.template_version == 1
    assert "BCDF-GHJK-MNZ" in outcome.found.text
    assert [one.notification_id for one in sender.ask("rb-accepted")] == [outcome.found.notification_id]


def test_a_landline_is_rejected_for_good_and_its_number_is_not_repeated(sender):
    outcome = sender.send(message(sender, number="+442079460123"))
    assert outcome.kind == "rejected"
    assert "7946" not in outcome.why


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("html_403", "unknown"), ("error_5xx_without_row", "unknown"), ("rate_storm", "rate_limited")],
)
def test_an_answer_counts_only_when_it_is_the_providers_own(sender, standin, fault, kind):
    standin.script(fault)
    assert sender.send(message(sender, f"rb-{fault}")).kind == kind
    standin.clear_faults()


def test_a_refused_token_of_an_old_claim_ends_that_claim_and_of_a_young_one_halts_everything(sender, standin):
    assert sender.send(message(sender, age_s=40)).kind == "stale"
    with NotifyStandin(template_body=provider_template()) as later:
        later.advance(100)
        hurried = Notify(later.api_key, facts=notify_facts(later), clock=SystemClock())
        assert hurried.send(message(hurried)).kind == "refused"


def test_a_revoked_key_is_refused_whatever_the_claims_age(sender, standin):
    standin.set_service(revoked={"live": True})
    try:
        assert sender.send(message(sender)).kind == "refused"
        with pytest.raises(CannotAsk):
            sender.ask("rb-1")
    finally:
        standin.set_service(revoked={"live": False})


def test_asking_goes_through_every_page_and_gives_the_oldest_first():
    with NotifyStandin(template_body=provider_template(), page_size=3) as standin:
        sender = Notify(standin.api_key, facts=notify_facts(standin), clock=SystemClock())
        sent = [sender.send(message(sender, "rb-many")).found.notification_id for _copy in range(8)]
        assert [one.notification_id for one in sender.ask("rb-many")] == sent


def test_drama_numbers_are_never_handed_over_except_the_providers_own_with_a_test_key(standin):
    live = Notify(standin.api_key, facts=notify_facts(standin), clock=SystemClock())
    assert not live.takes("+447700900001")
    assert live.takes(NUMBER)
    on_test = Notify(standin.keys["test"], facts=notify_facts(standin, key_type="test"), clock=SystemClock())
    assert on_test.takes("+447700900001")
    assert not on_test.takes("+447700900004")


@pytest.mark.parametrize(
    "base_url",
    [
        "http://localhost:80@127.0.0.2:8080",
        "http://127.0.0.1:80@provider.example",
        "http://[::1]:80@provider.example",
        "http://localhost:80\\@provider.example",
        "http://localhost.provider.example",
        "http://localhost.:8080",
        "http://127.0.0.2:8080",
        "http://localhost:80#@provider.example",
        "http://localhost:80?@provider.example",
        "http://local\thost:80",
        " http://localhost:80",
        "https://user@api.provider.example",
        "https://api.provider.example:secret@provider.example",
        "https://api.provider.example/elsewhere",
        "https://api.provider.example\n.example",
        "https://",
        "https://:443",
        "https://api.provider.example:99999",
        "http://[::1",
        "ftp://localhost",
        "localhost:80",
    ],
)
def test_an_address_that_is_more_than_host_and_port_is_refused(base_url):
    facts = {"base_url": base_url, "template_id": "t-1", "key_type": "live"}
    assert find_setting_faults(facts, API_KEYS["live"]) == [
        "base_url must be https://HOST or https://HOST:PORT and nothing more (http:// for this machine alone)"
    ]


@pytest.mark.parametrize(
    "base_url",
    [
        "", "https://api.notifications.service.gov.uk", "HTTPS://API.provider.example:8443/", "http://127.0.0.1:8799",
        "http://LOCALHOST:80", "http://localhost", "http://[::1]:8799",
    ],
)  # fmt: skip
def test_an_address_of_a_host_or_of_this_machine_is_taken(base_url):
    facts = {"base_url": base_url, "template_id": "t-1", "key_type": "live"}
    assert find_setting_faults(facts, API_KEYS["live"]) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"base_url": "http://provider.example"},
        {"base_url": "http://127.0.0.1.provider.example:80"},
        {"template_id": None},
        {"key_type": "trial"},
    ],
)
def test_wrong_settings_are_refused(standin, facts):
    with pytest.raises(RingbackError) as caught:
        Notify(standin.api_key, facts=notify_facts(standin, **facts), clock=SystemClock())
    assert caught.value.code == "notify_setting_bad"


def test_a_text_that_is_no_key_is_refused_without_repeating_it(standin):
    with pytest.raises(RingbackError) as caught:
        Notify("not-a-key", facts=notify_facts(standin), clock=SystemClock())
    assert "not-a-key" not in str(caught.value)
