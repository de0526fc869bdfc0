"""What the stand-in's tests ask with: the official client, a plain connection, tokens, a clock that stands still."""

import http.client
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import jwt
from notifications_python_client import NotificationsAPIClient

MOBILE = "07700900123"
REFERENCE = "K7QF-2M"


class StillClock:
    """Time that passes only when the stand-in is pushed on. It starts at the machine's time."""

    def __init__(self, at: datetime | None = None):
        self.at = at or datetime.now(UTC)

    def now(self):
        return self.at

    def elapsed(self):
        return 0.0

    def sleep(self, seconds):
        raise AssertionError("nothing sleeps by this clock")

    def machine_seconds(self, seconds):
        return seconds


def make_client(standin, key_type="live", *, timeout=10):
    return NotificationsAPIClient(standin.keys[key_type], base_url=standin.url, timeout=timeout)


def send(client, standin, *, number=MOBILE, reference=REFERENCE, **more):
    """A text by the official client."""
    more.setdefault("personalisation", {"reference": reference})
    return client.send_sms_notification(number, standin.template_id, reference=reference, **more)


def make_token(standin, *, key_type="live", secret=None, algorithm="HS256", **claims):
    """A token of the stand-in's own time; claims are set, or left out where they are None."""
    every = {"iss": standin.service_id, "iat": int(standin.clock.now().timestamp()), **claims}
    kept = {name: value for name, value in every.items() if value is not None}
    return jwt.encode(kept, secret or standin.keys[key_type][-36:], algorithm=algorithm)


class Plain:
    """One HTTP connection, with nothing between it and the test."""

    def __init__(self, standin, *, url=None, key_type="live"):
        self.standin = standin
        self.key_type = key_type
        target = urlsplit(url or standin.url)
        self.connection = http.client.HTTPConnection(target.hostname, target.port, timeout=10)

    def ask(self, method, path, body=None, *, token=None, headers=None):
        """Status, headers, and the body: parsed where it is JSON."""
        if headers is None:
            headers = {"Authorization": f"Bearer {token or make_token(self.standin, key_type=self.key_type)}"}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        self.connection.request(method, path, data, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.headers.get("Content-Type") == "application/json":
            return response.status, response.headers, json.loads(text)
        return response.status, response.headers, text

    def post(self, **fields):
        """Status and body of a POST of a text; a field that is None is left out."""
        every = {
            "phone_number": MOBILE,
            "template_id": self.standin.template_id,
            "personalisation": {"reference": REFERENCE},
            "reference": REFERENCE,
            **fields,
        }
        form = {name: value for name, value in every.items() if value is not None}
        status, _, body = self.ask("POST", "/v2/notifications/sms", form)
        return status, body

    def get(self, path):
        """Status and body of a GET."""
        status, _, body = self.ask("GET", path)
        return status, body

    def references(self, query=""):
        """The references in one page of the list, in its order."""
        _, body = self.get(f"/v2/notifications{query}")
        return [row["reference"] for row in body["notifications"]]

    def status_of(self, notification_id):
        return self.get(f"/v2/notifications/{notification_id}")[1]["status"]


def read_errors(body):
    """(kind, message) pairs of an error's body."""
    assert set(body) == {"status_code", "errors"}
    return [(error["error"], error["message"]) for error in body["errors"]]
