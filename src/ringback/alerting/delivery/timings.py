"""The time-outs of the sender. They depend on one another: read all before you change one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """Time-outs, in seconds.

    The provider refuses a token older than 30 s, and the token is dated at the claim; a request that it took may show
    up to 90 s later. So 120 s after a claim, what the provider shows is the truth.

    Attributes:
        lease_s: How long a lease lasts; longer than the provider takes tokens, so that a process that froze past its
            lease has no token left that the provider would take.
        renew_s: How often it is renewed.
        start_s: A claimed alert whose socket is not open after this is put back; an order to stop waits no longer.
        alone_s: From the acceptance of the first text of a lease to the look at the provider's list after which the
            others follow. Longer than the 30 s for which a token is taken, `renew_s` and `fresh_s` together.
        fresh_s: How late a look at the list may come.
        doubt_s: After the claim, when the provider is asked.
        ask_again_s: When there was no answer.
        after_429_s: How long everybody pauses.
        turn_s: The longest turn: how soon a stop, a new window or a lost lease is noticed.
    """

    lease_s: float = 45.0
    renew_s: float = 10.0
    start_s: float = 0.8
    alone_s: float = 45.0
    fresh_s: float = 2.0
    doubt_s: float = 120.0
    ask_again_s: float = 30.0
    after_429_s: float = 10.0
    turn_s: float = 0.25


# After so many attempts that the provider never took and never refused, a person has to look.
MOST_DOUBTS = 5
# So many alerts rejected, and none accepted between them, are no matter of their numbers any more.
MOST_REJECTIONS = 5
