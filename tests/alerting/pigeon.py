"""A made-up provider: the whole file of a minimal sender."""

from ringback.alerting.senders.base import Found, Message, Outcome, Sender

FLOWN = []


class Pigeon(Sender):
    """Takes every text at once, and never loses one."""

    name = "pigeon"

    def send(self, message: Message) -> Outcome:
        """Let one fly."""
        FLOWN.append(message)
        return Outcome("accepted", found=Found(f"ring-{len(FLOWN)}", message.provider_reference, text=message.text))
