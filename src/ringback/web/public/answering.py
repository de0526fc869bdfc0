"""Answers the questions in the inbox and tidies it, in a thread of its own: no page ever waits for it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.web.public.releases import Releases

_LOOK_EVERY_S = 0.25
_TIDY_EVERY_S = 60.0
_AFTER_TROUBLE_S = 5.0
log = logging.getLogger("ringback.public")


@contextmanager
def answering(inbox: Inbox, releases: Releases, *, clock: Clock) -> Iterator[None]:
    """Answer questions while this context lasts.

    Several processes may do so at once: each question is answered in one transaction.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_go_on, args=(inbox, releases, clock, ended), name="answering", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _go_on(inbox: Inbox, releases: Releases, clock: Clock, ended: threading.Event) -> None:
    drafts = Drafts(inbox)
    tidied, pause = clock.elapsed(), 0.0
    while not ended.wait(pause):
        try:
            looked_at = inbox.answer_due(releases.current().alerts, now=clock.now())
            if clock.elapsed() - tidied > _TIDY_EVERY_S:
                inbox.forget_old(now=clock.now())
                drafts.forget_old(now=clock.now())
                tidied = clock.elapsed()
            pause = 0.0 if looked_at else _LOOK_EVERY_S
        except RingbackError as error:
            log.error("questions have to wait: %s", mask_numbers(str(error)))
            pause = _AFTER_TROUBLE_S
