"""The registry of senders. To add one, write a file with a subclass of `Sender` and add a line here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ringback.alerting.senders.base import Sender
from ringback.errors import RingbackError

# Name in a batch: module and class. Each is imported only on use, so that no other provider's client is needed.
SENDERS = {
    "outbox": "ringback.alerting.senders.outbox:Outbox",
    "notify": "ringback.alerting.senders.notify:Notify",
}


def find_sender(name: object) -> type[Sender]:
    """The class of the sender with this name.

    Raises:
        RingbackError: `sender_unknown`.
    """
    place = SENDERS.get(name) if isinstance(name, str) else None
    if place is None:
        raise RingbackError("sender_unknown", sender=name, known=", ".join(SENDERS))
    module, _colon, kind = place.partition(":")
    found: type[Sender] = getattr(import_module(module), kind)
    return found


def reaches_people(facts: object) -> bool:
    """Whether a batch's sender may text people. An unknown sender counts as one that does.

    >>> [reaches_people({"name": name}) for name in ("outbox", "notify", "anything")]
    [False, True, True]
    """
    try:
        return find_sender(facts.get("name") if isinstance(facts, dict) else None).reaches_people
    except RingbackError:
        return True


def is_shown_by_phones(facts: Mapping[str, Any]) -> bool:
    """Whether texts of a batch's sender reach phones at all. With a test key none does.

    >>> [is_shown_by_phones({"name": "notify", "key_type": key_type}) for key_type in ("live", "team", "test")]
    [True, True, False]
    """
    return reaches_people(facts) and facts.get("key_type") != "test"


def must_be_read_on_phones(facts: Mapping[str, Any]) -> bool:
    """Whether somebody must read a rehearsal from a phone before a batch with this sender is approved.

    >>> [must_be_read_on_phones({"name": name, "key_type": "live"}) for name in ("notify", "outbox")]
    [True, False]
    """
    return is_shown_by_phones(facts) and find_sender(facts.get("name")).read_on_phones
