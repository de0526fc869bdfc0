"""The one service that the stand-in knows: its keys, its templates, its guests."""

import random
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notify_standin.letters import GSM, GSM_EXTENSION
from notify_standin.options import Options
from notify_standin.refusals import KEY_TYPES, bad_request, not_found

CHARACTERS_AT_MOST = 918
_PLACEHOLDER = re.compile(r"\(\(([^)(?]+)(?:\?\?([^)]*))?\)\)")


@dataclass
class Key:
    """An API key. Attributes: its type (live, team, test), its secret, whether it was revoked."""

    key_type: str
    secret: str
    revoked: bool = False


@dataclass(frozen=True)
class Template:
    """One version of a template."""

    template_id: str
    version: int
    body: str
    created_at: datetime
    updated_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """What GET /v2/template/<id> gives."""
        return {
            "id": self.template_id,
            "type": "sms",
            "name": "Alert",
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at) if self.updated_at else None,
            "created_by": "planner@force.example",
            "version": self.version,
            "body": self.body,
            "subject": None,
            "letter_contact_block": None,
        }


class Service:
    """A service with one key of each type and one template to begin with.

    Args:
        options: Its template's text and its guests.
        random_source: Where identifiers and keys come from.
        now: When the template was written.
    """

    def __init__(self, options: Options, random_source: random.Random, *, now: datetime) -> None:
        self._random = random_source
        self.service_id = self._new_id()
        self.archived = False
        self.keys = {key_type: Key(key_type, self._new_id()) for key_type in KEY_TYPES}
        self.sms_sender_id = self._new_id()
        self.template_id = self._new_id()
        self._versions = {self.template_id: [Template(self.template_id, 1, options.template_body, now)]}
        self.guest_list = set(options.guest_list)
        self.name = options.service_name
        self.prefix_sms = options.prefix_sms

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def api_key(self, key_type: str = "live") -> str:
        """The key's text as the provider prints it: name, service, secret."""
        return f"{key_type}_key-{self.service_id}-{self.keys[key_type].secret}"

    def deliver(self, body: str) -> str:
        """The text as a phone shows it: behind the service's name, unless that was turned off."""
        return f"{self.name.strip()}: {body}" if self.prefix_sms and self.name else body

    def add_template(self, body: str, *, now: datetime) -> str:
        """A further template; gives its identifier."""
        template_id = self._new_id()
        self._versions[template_id] = [Template(template_id, 1, body, now)]
        return template_id

    def change_template(self, body: str, *, template_id: str, now: datetime) -> int:
        """A new version of a template from now on; gives its number."""
        versions = self._versions[template_id]
        first = versions[0]
        versions.append(Template(template_id, len(versions) + 1, body, first.created_at, now))
        return versions[-1].version

    def find_template(self, template_id: str, *, version: int | None = None) -> Template | None:
        """The newest version, or the one that was asked for."""
        versions = self._versions.get(template_id.lower(), [])
        if version is None:
            return versions[-1] if versions else None
        return next((template for template in versions if template.version == version), None)

    def get_template(self, template_id: str, *, version: int | None = None) -> Template:
        """The same; a 404 where there is none."""
        template = self.find_template(template_id, version=version)
        if template is None:
            raise not_found()
        return template


def stamp(moment: datetime) -> str:
    """A time as the provider writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def render(body: str, personalisation: dict[str, Any]) -> str:
    """The text with its placeholders filled; what is in the values stays as it is, web addresses too.

    Raises:
        RefusedError: 400, with the names of what is missing.

    >>> render("Dear ((first name)), code ((code))", {"First_Name": "Ann", "code": 7})
    'Dear Ann, code 7'
    """
    values = {_plain(name): value for name, value in personalisation.items() if value is not None}
    names = dict.fromkeys(match.group(1) for match in _PLACEHOLDER.finditer(body))
    missing = [name for name in names if _plain(name) not in values]
    if missing:
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")

    def fill(match: re.Match[str]) -> str:
        value = values[_plain(match.group(1))]
        if match.group(2) is None:
            return str(value)
        return match.group(2) if str(value).lower() in {"true", "yes", "1"} else ""

    return _PLACEHOLDER.sub(fill, body)


def check_length(text: str) -> None:
    """No text is empty or longer than 918 characters; else a 400. The service's name before it does not count."""
    if not text.strip():
        raise bad_request("Your message is empty.")
    if len(text) > CHARACTERS_AT_MOST:
        raise bad_request(
            f"Your message is too long. Text messages cannot be longer than {CHARACTERS_AT_MOST} characters. "
            f"Your message is {len(text)} characters long."
        )


def count_segments(text: str) -> int:
    """How many parts a text is billed as: GSM-7 160 or 153 a part, else UCS-2 70 or 67.

    >>> count_segments("a" * 160), count_segments("a" * 161), count_segments("€" * 80), count_segments("€" * 81)
    (1, 2, 1, 2)
    >>> count_segments("ŵ" * 70), count_segments("ŵ" * 71)
    (1, 2)
    """
    gsm = set(text) <= GSM | GSM_EXTENSION
    if gsm:
        size = len(text) + sum(character in GSM_EXTENSION for character in text)
    else:
        size = len(text.encode("utf-16-be")) // 2
    single, several = (160, 153) if gsm else (70, 67)
    return 1 if size <= single else -(-size // several)
