"""GOV.UK Notify, through its official client.

The client turns every network failure into a status 503 without a response. It does not retry, and is not thread-safe.
It dates its token when the request is made. Here the token is dated at the claim instead, so that Notify itself refuses
a request that begins more than 30 s later. A failure counts as `not_sent` only if no connection was made.
"""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ringback.alerting.senders.base import OUR_REFERENCE, CannotAsk, Found, ListPage, Message, Outcome, Refused, Sender
from ringback.alerting.senders.notify_keys import (
    KEY_TYPES,
    check_key,
    find_other_type,
    freeze_key,
    read_api_key,
)
from ringback.alerting.senders.notify_letters import LETTERS, WELSH, find_changed
from ringback.alerting.senders.number_refusals import is_about_number
from ringback.case.case_file import CaseFile
from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.numbers.drama import is_drama
from ringback.numbers.masking import mask_numbers

BASE_URL = "https://api.notifications.service.gov.uk"
# Numbers that Notify publishes for test keys. With a test key no text goes out.
TEST_NUMBERS = frozenset(f"+4477009000{last}" for last in ("00", "01", "02", "03")) | {"+447700900111", "+447700900222"}
# Days for which a service at Notify keeps its texts: the default, and the limits of what a service can choose.
RETENTION_DAYS = 7
SHORTEST_DAYS, LONGEST_DAYS = 3, 90
_DAY_S = 86_400.0
_TIMEOUT_S = 30.0
# Notify refuses tokens older than 30 s. If it refuses a claim this old, it was held too long. If it refuses a younger
# one, a clock is wrong.
_HELD_TOO_LONG_S = 20
_READING_TRIES = 3
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
# Scheme, host, port. Libraries disagree about anything else in an address (a user's name, a path, a backslash).
_ADDRESS = re.compile(r"https?://[a-z0-9.\-:\[\]]+/?", re.IGNORECASE)

# The client logs a warning for every failed request. Failures are judged and reported here instead.
logging.getLogger("notifications_python_client").setLevel(logging.ERROR)


class _Client(NotificationsAPIClient):
    """The official client, with a token dated by us."""

    def __init__(self, api_key: str, base_url: str, timeout: float, *, heard: Callable[[str | None], None]) -> None:
        super().__init__(api_key, base_url=base_url, timeout=timeout)
        self.request_session.hooks["response"].append(lambda answer, **_more: heard(answer.headers.get("Date")))
        # A redirected POST would become a GET: it sends nothing, and its page looks like an answer.
        self.request_session.max_redirects = 0
        if _find_host(base_url) in _THIS_MACHINE:
            self.request_session.trust_env = False
        self.dated: datetime | None = None

    def generate_headers(self, api_token: str) -> dict[str, str]:
        """The client's own headers, with a token of our date."""
        if self.dated is not None:
            claims = {"iss": self.service_id, "iat": int(self.dated.timestamp())}
            api_token = jwt.encode(claims, self.api_key, algorithm="HS256", headers={"typ": "JWT"})
        return dict(super().generate_headers(api_token))


class Notify(Sender):
    """One service at GOV.UK Notify.

    Args:
        api_key: The key as Notify shows it: a name, the service's id and the secret.
        facts: The facts that the batch froze: base_url, template_id, template_version, sms_sender_id, key_type,
            key_digest, retention_days.
        clock: The time.

    Raises:
        RingbackError: `notify_setting_bad`.
    """

    name = "notify"
    answers = True
    lists = True
    # A service can put its name before its texts at delivery. The API's answers do not show it.
    read_on_phones = True

    def __init__(self, api_key: str, *, facts: Mapping[str, Any], clock: Clock) -> None:
        self._key = api_key.strip()
        self._facts = facts
        self._clock = clock
        self._own = threading.local()
        if faults := find_setting_faults(facts, self._key):
            raise RingbackError("notify_setting_bad", problems="; ".join(faults))
        self.remembers = float(facts.get("retention_days", RETENTION_DAYS)) * _DAY_S

    @classmethod
    def make(cls, case_file: CaseFile, facts: Mapping[str, Any], *, batch: str) -> "Notify":
        """Make this sender, with the key from the file of the frozen key type.

        Raises:
            RingbackError: `notify_setting_bad`, `secret_missing` or `secret_open`.
        """
        return cls(_read_key(case_file, facts.get("key_type")), facts=facts, clock=case_file.clock)

    @classmethod
    def freeze(cls, case_file: CaseFile) -> dict[str, Any]:
        """The settings under [notify] in case.toml, the facts of the key, and the template as Notify has it now.

        Raises:
            RingbackError: As `make`, and `notify_unreachable`.
        """
        said = case_file.case.settings.notify
        facts = {key: said.get(key) for key in ("base_url", "template_id", "sms_sender_id", "key_type")}
        facts["base_url"] = facts["base_url"] or BASE_URL
        facts["retention_days"] = said.get("retention_days", RETENTION_DAYS)
        if "letters" in said:
            facts["letters"] = said["letters"]
        template = cls.make(case_file, facts, batch="").read_template()
        return facts | cls.freeze_key(case_file, str(facts["key_type"])) | template

    @classmethod
    def freeze_key(cls, case_file: CaseFile, key_type: str) -> dict[str, Any]:
        """The type of a key, its name at Notify, and its keyed digest.

        Raises:
            RingbackError: `notify_setting_bad`, `secret_missing` or `secret_open`.
        """
        return {"key_type": key_type} | freeze_key(_read_key(case_file, key_type), case_file.keys())

    def takes(self, number: str) -> bool:
        """Whether a number may be handed over: real numbers, and with a test key Notify's own drama numbers."""
        return not is_drama(number) or (self._facts["key_type"] == "test" and number in TEST_NUMBERS)

    def find_changed(self, text: str) -> list[str]:
        """Characters neither GSM nor Welsh; or, if Notify keeps any letter, those that it still replaces."""
        return find_changed(text, letters=str(self._facts.get("letters") or WELSH))

    def send(self, message: Message) -> Outcome:
        """Hand over one text, with a token dated at the claim."""
        client = self._client(message.claimed_at)
        try:
            answer = client.send_sms_notification(
                phone_number=message.number,
                template_id=self._facts["template_id"],
                personalisation={"reference": message.alert_reference},
                reference=message.provider_reference,
                sms_sender_id=self._facts.get("sms_sender_id"),
            )
            return Outcome("accepted", found=_read_accepted(answer))
        except APIError as error:
            return self._judge(error, message)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return Outcome("unknown", f"an answer that cannot be read: {type(error).__name__}")
        except Exception as error:  # noqa: BLE001 - whatever a network and a library can do, the text may be on its way
            return Outcome("unknown", f"the request ended with {type(error).__name__}")

    def ask(self, provider_reference: str) -> list[Found]:
        """All texts that Notify has under this reference, oldest first. Notify gives pages, newest first."""
        found: list[Found] = []
        older_than = None
        while True:
            try:
                page = self._client(self._clock.now()).get_all_notifications(
                    reference=provider_reference, older_than=older_than
                )["notifications"]
                found += [_read_shown(one) for one in page if one.get("reference") == provider_reference]
                if not page:
                    return found[::-1]
                older_than = page[-1]["id"]
            except APIError as error:
                raise CannotAsk(f"status {error.status_code}") from error
            except Exception as error:
                raise CannotAsk(type(error).__name__) from error

    def read_list(self, older_than: str | None) -> ListPage:
        """A page of up to 250 texts sent with keys of this type, newest first.

        Raises:
            CannotAsk: No answer; `Refused` if Notify refuses the key.
        """
        try:
            page = self._client(self._clock.now()).get_all_notifications(template_type="sms", older_than=older_than)[
                "notifications"
            ]
            ours = [_read_shown(one) for one in page if OUR_REFERENCE.fullmatch(str(one.get("reference")))]
            if not page:
                return ListPage([])
            return ListPage(ours, _read_timestamp(page[-1]["created_at"]), page[-1]["id"])
        except APIError as error:
            if error.status_code in (401, 403) and (errors := _read_errors(error)):
                raise Refused(_say_errors(errors)) from error
            raise CannotAsk(f"status {error.status_code}") from error
        except Exception as error:
            raise CannotAsk(type(error).__name__) from error

    def status(self, notification_id: str) -> Found | None:
        """What Notify has of one text; None if it has it no more.

        Raises:
            CannotAsk: No answer.
        """
        try:
            return _read_shown(self._client(self._clock.now()).get_notification_by_id(notification_id))
        except APIError as error:
            if error.status_code == 404 and error.response is not None:
                return None
            raise CannotAsk(f"status {error.status_code}") from error
        except Exception as error:
            raise CannotAsk(type(error).__name__) from error

    def check_frozen(self, facts: Mapping[str, Any], ring: KeyRing, *, batch: str) -> None:
        """Refuse another sender or another API key than the batch was planned with.

        Raises:
            RingbackError: `sender_differs` or `api_key_differs`.
        """
        super().check_frozen(facts, ring, batch=batch)
        check_key(self._key, facts, ring, batch=batch)

    def check_before(self, content: Mapping[str, object]) -> list[str]:
        """Differences between the template at Notify now and the frozen one, in words.

        Raises:
            RingbackError: `notify_unreachable`.
        """
        found = self.read_template()
        differences = []
        for name in ("template_version", "template_body"):
            if content.get(name) != found[name]:
                differences.append(f"{name.replace('_', ' ')} at Notify is not the one that was approved")
        return differences

    def read_template(self) -> dict[str, Any]:
        """Read the template from Notify: template_version and template_body.

        Raises:
            RingbackError: `notify_unreachable`.
        """
        for left in range(_READING_TRIES - 1, -1, -1):
            try:
                found = self._client(self._clock.now()).get_template(self._facts["template_id"])
                return {"template_version": int(found["version"]), "template_body": str(found["body"])}
            except (APIError, KeyError, TypeError, ValueError) as error:
                # An idle connection may have been closed meanwhile. Reading twice does no harm.
                if not left or getattr(error, "response", None) is not None:
                    raise RingbackError("notify_unreachable", problem=mask_numbers(str(error))[:200]) from error
        raise AssertionError("unreachable")

    def _client(self, dated: datetime) -> _Client:
        if not hasattr(self._own, "client"):
            timeout = self._clock.machine_seconds(_TIMEOUT_S)
            address = str(self._facts.get("base_url") or BASE_URL)
            self._own.client = _Client(self._key, address, timeout, heard=self._compare_clocks)
        client: _Client = self._own.client
        client.dated = dated
        return client

    def _compare_clocks(self, date: str | None) -> None:
        """Note how far Notify's clock is ahead, from the Date header of its answer."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if said.tzinfo is not None:
            self.ahead = (said - self._clock.now()).total_seconds()

    def _judge(self, error: APIError, message: Message) -> Outcome:
        """The outcome that a failure proves. Only proof that nothing was taken may lead to another attempt at once."""
        if error.response is None:
            if _never_connected(error.__cause__):
                return Outcome("not_sent", "connecting failed")
            return Outcome("unknown", f"no answer: {type(error.__cause__).__name__}")
        errors = _read_errors(error)
        if errors is None:
            return Outcome("unknown", f"status {error.status_code}, not from Notify")
        names = {str(one.get("error")) for one in errors}
        why = _say_errors(errors)
        if other := find_other_type(errors, self._facts["key_type"]):
            # Nobody was texted, and sending must end: this key does not reach the people who were approved.
            return Outcome("refused", f"the API key is a {other} key: {why}")
        if error.status_code == 400:
            return Outcome("rejected" if is_about_number(errors) else "refused", why)
        if error.status_code in (401, 403):
            age = (self._clock.now() - message.claimed_at).total_seconds()
            stale = age > _HELD_TOO_LONG_S and "AuthError" in names
            return Outcome("stale" if stale else "refused", why)
        if error.status_code == 429 and "RateLimitError" in names:
            return Outcome("rate_limited", why)
        if error.status_code == 429 and "TooManyRequestsError" in names:
            return Outcome("daily_limited", why)
        return Outcome("unknown", f"status {error.status_code}: {why}")


def find_setting_faults(facts: Mapping[str, Any], api_key: str) -> list[str]:
    """All faults of the settings for Notify, in words."""
    faults = []
    base_url = str(facts.get("base_url") or BASE_URL)
    host = _find_host(base_url)
    if not host or not (urlsplit(base_url).scheme == "https" or host in _THIS_MACHINE):
        faults.append(
            "base_url must be https://HOST or https://HOST:PORT and nothing more (http:// for this machine alone)"
        )
    if not facts.get("template_id"):
        faults.append("template_id is missing")
    if facts.get("key_type") not in KEY_TYPES:
        faults.append(f"key_type must be one of {', '.join(KEY_TYPES)}")
    days = facts.get("retention_days", RETENTION_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        faults.append(
            f"retention_days must be a whole number from {SHORTEST_DAYS} to {LONGEST_DAYS}: the days for which the"
            " service at Notify keeps its texts"
        )
    if facts.get("letters", WELSH) not in LETTERS:
        faults.append(f"letters must be one of {', '.join(LETTERS)}")
    if len(api_key) < 73 or api_key.count("-") < 9:
        faults.append("the API key is not one that Notify gave: name, service id and secret")
    return faults


def _read_key(case_file: CaseFile, key_type: object) -> str:
    return read_api_key(case_file.settings.keys_dir, case_file.case.settings.id, key_type)


def _find_host(base_url: str) -> str:
    """The host of an address; '' if the address is more than a host and an optional port."""
    if not _ADDRESS.fullmatch(base_url):
        return ""
    try:
        parts = urlsplit(base_url)
        # Reading the port raises an error if it is invalid.
        return (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        return ""


def _never_connected(cause: BaseException | None) -> bool:
    """Whether certainly no connection was made: refused, no such host, or no answer to the first packet."""
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.exceptions.ConnectionError) and cause.args else None
    reason = getattr(inner, "reason", inner)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _read_errors(error: APIError) -> list[dict[str, Any]] | None:
    """Notify's list of errors; None if the answer is not Notify's own but, say, a proxy's page."""
    try:
        body = error.response.json() if error.response is not None else {}
        errors = body["errors"]
        is_notify = body.get("status_code") == error.status_code and errors
        return errors if is_notify and all(isinstance(one, dict) for one in errors) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _say_errors(errors: list[dict[str, Any]]) -> str:
    return mask_numbers("; ".join(f"{one.get('error')}: {one.get('message')}" for one in errors))[:300]


def _read_accepted(answer: Mapping[str, Any]) -> Found:
    return Found(
        notification_id=str(answer["id"]),
        provider_reference=str(answer["reference"]),
        text=str(answer["content"]["body"]),
        template_version=int(answer["template"]["version"]),
    )


def _read_shown(shown: Mapping[str, Any]) -> Found:
    completed = shown.get("completed_at")
    return Found(
        notification_id=str(shown["id"]),
        provider_reference=str(shown.get("reference")),
        text=shown.get("body"),
        template_version=int(shown["template"]["version"]) if shown.get("template") else None,
        status=shown.get("status"),
        completed_at=_read_timestamp(completed) if completed else None,
    )


def _read_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
