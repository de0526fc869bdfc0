"""Which senders there are. A new one is a file with a subclass of `Sender`, and a line here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ringback.alerting.senders.base import Sender
from ringback.errors import RingbackError

# Name, as a batch has it: module and class. Loaded when it is asked for: nobody needs another provider's client.
SENDERS = {
    "outbox": "ringback.alerting.senders.outbox:Outbox",
    "notify": "ringback.alerting.senders.notify:Notify",
}


def find_sender(name: object) -> type[Sender]:
    """The class of the sender that is called so.

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
    """Whether the sender of a batch's facts hands texts over to anybody; whatever is not known to stay here does.

    >>> [reaches_people({"name": name}) for name in ("outbox", "notify", "anything")]
    [False, True, True]
    """
    try:
        return find_sender(facts.get("name") if isinstance(facts, dict) else None).reaches_people
    except RingbackError:
        return True


def is_shown_by_phones(facts: Mapping[str, Any]) -> bool:
    """Whether a text by the sender of a batch's facts reaches a phone at all: on a test key none does.

    >>> [is_shown_by_phones({"name": "notify", "key_type": key_type}) for key_type in ("live", "team", "test")]
    [True, True, False]
    """
    return reaches_people(facts) and facts.get("key_type") != "test"


def must_be_read_on_phones(facts: Mapping[str, Any]) -> bool:
    """Whether a rehearsal by the sender of a batch's facts has to be read from a phone before the batch is approved.

    >>> [must_be_read_on_phones({"name": name, "key_type": "live"}) for name in ("notify", "outbox")]
    [True, False]
    """
    return is_shown_by_phones(facts) and find_sender(facts.get("name")).read_on_phones
