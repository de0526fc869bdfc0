"""Every wait of the sender. They hang together: one cannot be changed without a look at the others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits in seconds.

    The provider refuses a token older than 30 s, and the token is dated at the claim; a request that it took may show
    up to 90 s later. So 120 s after a claim, what the provider shows is the truth.

    Attributes:
        lease: How long a lease lasts; longer than the provider takes tokens, so that a process that froze past its
            lease has no token left that the provider would take.
        renew: How often it is renewed.
        start: A claimed alert whose socket is not open after this is put back; an order to stop waits no longer.
        alone: From the acceptance of the first text of a lease to the look at the provider's list after which the
            others follow. Longer than the 30 s for which a token is taken, `renew` and `fresh` together.
        fresh: How late a look at the list may come.
        doubt: After the claim, when the provider is asked.
        ask_again: When there was no answer.
        after_429: How long everybody pauses.
        turn: The longest turn: how soon a stop, a new window or a lost lease is noticed.
    """

    lease: float = 45.0
    renew: float = 10.0
    start: float = 0.8
    alone: float = 45.0
    fresh: float = 2.0
    doubt: float = 120.0
    ask_again: float = 30.0
    after_429: float = 10.0
    turn: float = 0.25


# After so many attempts that the provider never took and never refused, a person has to look.
MOST_DOUBTS = 5
# So many alerts rejected, and none accepted between them, are no matter of their numbers any more.
MOST_REJECTIONS = 5
