"""The time-outs of the sender. They depend on one another: read all before you change one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """Time-outs, in seconds.

    The provider refuses a token older than 30 s, and tokens are dated at the claim. A text that it took may show up to
    90 s later. So 120 s after a claim, the provider's answer is final.

    Attributes:
        lease_s: How long a lease lasts. It is longer than a token's life, so that a process that froze past its lease
            holds no token that the provider would take.
        renew_s: How often the lease is renewed.
        start_s: A claimed alert whose socket is not open after this time is put back. An order to stop takes no longer
            to work.
        alone_s: From the acceptance of the first text of a lease to the look at the provider's list that lets the
            others follow. It is longer than a token's life (30 s), `renew_s` and `fresh_s` together.
        fresh_s: How old the last look at the list may be.
        doubt_s: From a claim to the question about it.
        ask_again_s: From a question without an answer to the next one.
        after_429_s: How long all batches pause after a status 429.
        turn_s: The longest turn, and so the longest time until a stop, a new window or a lost lease is noticed.
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


# After this many attempts in doubt, a person must look.
MOST_DOUBTS = 5
# After this many rejections in a row the fault is not in the numbers: the batch is halted.
MOST_REJECTIONS = 5
