"""Which senders there are. A new one is a file with a subclass of `Sender`, and a line here."""

from importlib import import_module

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
