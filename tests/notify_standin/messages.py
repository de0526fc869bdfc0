"""What passes over a connection: a request that was read whole, and what to do in answer."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

HTML_FIREWALL = (
    b"<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n"
    b"<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n"
)
HTML_GATEWAY = b"<html><body><h1>%d %s</h1>The server could not complete your request.</body></html>"
_REASONS = {
    200: "OK",
    201: "CREATED",
    204: "NO CONTENT",
    400: "BAD REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT FOUND",
    405: "METHOD NOT ALLOWED",
    429: "TOO MANY REQUESTS",
    500: "INTERNAL SERVER ERROR",
    502: "BAD GATEWAY",
    503: "SERVICE UNAVAILABLE",
    504: "GATEWAY TIMEOUT",
}


@dataclass(slots=True)
class Request:
    """One request, read to its last byte.

    Attributes:
        method: GET, POST, ...
        path: The path without its query.
        query: The query as (name, value) pairs.
        headers: Lower-case name -> value.
        body: The body's bytes.
        connected_at: When the connection was accepted.
        arrived_at: When the first byte of this request was there.
        received_at: When its last byte was.
        control_only: Whether it came by the port that serves nothing but the controls.
        closes: Whether the connection ends after the reply.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    connected_at: datetime
    arrived_at: datetime
    received_at: datetime
    control_only: bool = False
    closes: bool = False


@dataclass(slots=True)
class Reply:
    """What the server does with a connection after a request.

    Attributes:
        status: The HTTP status.
        body: The body's bytes.
        content_type: Its type.
        after_s: Seconds of the stand-in's clock to wait first.
        hang_up: "close" or "reset" to send nothing and end the connection so.
        sent_bytes: Send this much of the body and close; None for all of it.
        claimed_bytes: The Content-Length that is sent; None for the true one.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    after_s: float = 0.0
    hang_up: Literal["", "close", "reset"] = ""
    sent_bytes: int | None = None
    claimed_bytes: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self, now: datetime) -> bytes:
        """The reply as it goes out, with its Date. There is no Retry-After, as there is none from the provider."""
        length = len(self.body) if self.claimed_bytes is None else self.claimed_bytes
        closing = "" if self.sent_bytes is None else "Connection: close\r\n"
        head = (
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'UNKNOWN')}\r\n"
            f"Date: {format_datetime(now.astimezone(UTC), usegmt=True)}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {length}\r\n{closing}\r\n"
        )
        return head.encode("ascii") + self.body[: self.sent_bytes]


def json_reply(status: int, value: Any) -> Reply:
    """A reply with a JSON body."""
    return Reply(status, json.dumps(value).encode())


def html_reply(status: int) -> Reply:
    """The page of something that stands in front of the provider."""
    page = HTML_FIREWALL if status == 403 else HTML_GATEWAY % (status, _REASONS[status].encode())
    return Reply(status, page, content_type="text/html")


def parse_head(head: bytes) -> tuple[str, str, list[tuple[str, str]], dict[str, str]]:
    """Method, path, query and headers out of the bytes before the empty line.

    Raises:
        ValueError: That is not HTTP/1.x.
    """
    request_line, *lines = head.decode("latin-1").split("\r\n")
    method, target, version = request_line.split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError("only HTTP/1.x is spoken here")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    path, _, query = target.partition("?")
    return method, path, parse_qsl(query, keep_blank_values=True) if query else [], headers
