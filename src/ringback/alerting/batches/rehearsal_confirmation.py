"""Confirming a rehearsal: somebody types the first words of the text as a phone shows it.

A provider may put something before a text at delivery, such as the service's name. Only the phone shows it. So the
sender compares what the provider's API returns, and a person compares what a phone shows.
"""

import re
import unicodedata
from dataclasses import dataclass

from ringback.alerting.batches.approval import (
    ALERTS,
    CONFIRMED,
    confirmation_facts,
    find_rehearsals,
    get_planned_content,
    read_content,
    seal_entry,
)
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model import states
from ringback.alerting.model.references import ALPHABET, SAMPLE, show
from ringback.alerting.senders.registry import is_shown_by_phones
from ringback.alerting.wording.templates import Wording, render
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import get_batch
from ringback.records.db import writing

LEAST_WORDS = 5
_ANY_REFERENCE = re.sub(r"\w", f"[{ALPHABET}]", show(SAMPLE))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed rehearsal: the batch, the rehearsal, who confirmed it, and the audit entry."""

    batch: str
    rehearsal: str
    member: str
    entry: int


def confirm_rehearsal(
    case_file: CaseFile, batch_id: str, first_words: str, *, member: str, why: str = "read on a phone"
) -> Confirmed:
    """Record that a phone shows the newest rehearsal of a batch as planned. Every refusal is logged.

    Args:
        case_file: The case.
        batch_id: The batch that was rehearsed.
        first_words: What the person with the phone typed: at least the first five words of the text.
        member: Who confirms, logged in and with the right to rehearse.
        why: Why, for the audit log.

    Raises:
        RingbackError: `batch_unknown`, `batch_state_wrong`, `batch_altered`, `audit_broken`, `confirmation_needless`,
            `rehearsal_missing`, `rehearsal_words_few` or `rehearsal_text_differs`.
    """
    with logging_refusals(case_file, "confirm a rehearsal", member=member, batch=batch_id):
        batch = get_batch(case_file.records, batch_id)
        if batch.kind != ALERTS or batch.state == states.FINISHED:
            raise RingbackError(
                "batch_state_wrong", batch=batch_id, kind=batch.kind, state=batch.state, what="confirmed as rehearsed"
            )
        content = get_planned_content(case_file, batch)
        if not is_shown_by_phones(content.sender):
            raise RingbackError("confirmation_needless", batch=batch_id)
        with writing(case_file.records).begin() as connection:
            read_content(connection, batch)
            rehearsals = find_rehearsals(connection, batch_id, content)
            if not rehearsals:
                raise RingbackError("rehearsal_missing", batch=batch_id)
            check_first_words(Wording(**content.wording), first_words, batch=batch_id)
            facts = confirmation_facts(batch, rehearsals[-1], reader=member)
            facts |= {"seal": seal_entry(case_file.keys(), CONFIRMED, **facts)}
            entry = case_file.log.add_within(connection, CONFIRMED, why=why, facts=facts, who=member)
        case_file.log.note_head(entry)
    return Confirmed(batch_id, rehearsals[-1].id, member, entry.seq)


def check_first_words(wording: Wording, typed: str, *, batch: str) -> None:
    """Check that the typed words begin a text of this wording, word for word, with at least five words.

    Blanks and line ends do not matter. The whole text may be typed, with any reference.

    Args:
        wording: The frozen words.
        typed: What somebody typed. Errors never repeat it: it may be anything.
        batch: The batch, for the error.

    Raises:
        RingbackError: `rehearsal_words_few` or `rehearsal_text_differs`.
    """
    approved, given = _words(render(wording, show(SAMPLE))), _words(typed)
    if len(given) < min(LEAST_WORDS, len(approved)):
        raise RingbackError("rehearsal_words_few", batch=batch, least=LEAST_WORDS)
    if _begins(approved, given):
        return
    if any(_begins(approved, given[before:]) for before in range(1, len(given))):
        problem = "something stands before the text that was planned"
    else:
        place = next(place for place in range(1, len(given) + 1) if not _begins(approved, given[:place]))
        ended = "where the text should have ended, it goes on"
        problem = ended if place > len(approved) else f'word {place} is not "{approved[place - 1]}", as it was planned'
    raise RingbackError("rehearsal_text_differs", batch=batch, problem=problem)


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


def _begins(approved: list[str], given: list[str]) -> bool:
    """Whether a text of the approved words can begin with the given ones."""
    return len(given) <= len(approved) and all(map(_fits, approved, given))


def _fits(approved: str, given: str) -> bool:
    pattern = _ANY_REFERENCE.join(re.escape(piece) for piece in approved.split(show(SAMPLE)))
    return re.fullmatch(pattern, given) is not None
