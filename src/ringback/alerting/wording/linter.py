"""The linter: the rules for the words of an alert. A text with one fault cannot be sent.

An alert has no link or domain, nothing to open, no number to ring, no request for personal details, no pressure, no
name, bank or loss, and never "you are a victim". It is in English, or in a translation that a named approver has read.
It says who writes, what happened and where to look, and has its reference, once. The word lists of the checks are in
data/wording, where people can read them.

A text that passes keeps these rules as far as a program can see. Whether it is kind and true, an approver must judge.
"""

from collections.abc import Iterator

from ringback.alerting.wording.rules.characters import find_hidden, find_left_fields, find_strange
from ringback.alerting.wording.rules.faults import REASONS, Fault, Span, make_fault, tidy
from ringback.alerting.wording.rules.folded_text import FoldedText
from ringback.alerting.wording.rules.language import english_places, find_foreign
from ringback.alerting.wording.rules.links import find_links
from ringback.alerting.wording.rules.names import find_names
from ringback.alerting.wording.rules.numbers import find_numbers
from ringback.alerting.wording.rules.orders import find_orders, find_questions
from ringback.alerting.wording.rules.organisations import find_organisations
from ringback.alerting.wording.rules.own_names import find_own_names, find_unfit_names
from ringback.alerting.wording.rules.phrases import (
    find_amounts,
    find_deeds,
    find_emoji,
    find_forms,
    find_inside,
    find_pairs,
    find_phrases,
    find_replies,
    find_shouting,
)
from ringback.alerting.wording.rules.required_parts import find_missing, is_reference
from ringback.alerting.wording.rules.threats import find_threats
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash

__all__ = ["ENGLISH", "REASONS", "Fault", "Span", "lint"]

ENGLISH = "en"


def lint(
    text: str,
    *,
    force: str,
    website: str,
    reference: str,
    language: str = ENGLISH,
    takes_replies: bool = False,
    approval: TranslationApproval | None = None,
) -> list[Fault]:
    """Every fault of a text, in text order; faults for missing content come first.

    Args:
        text: The exact text as the phone will show it.
        force: The police force that writes.
        website: The website, named in words.
        reference: The alert's reference, as printed.
        language: Code of the stated language of the text.
        takes_replies: Whether the sender can take replies.
        approval: The approval of a text in another language than English.

    >>> [fault.code for fault in lint(
    ...     "Example Police: this number was called. See our website, now! Reference 7KQM-3TX9-2.",
    ...     force="Example Police", website="our website", reference="7KQM-3TX9-2")]
    []
    >>> [fault.code for fault in lint(
    ...     "Example Police: this number was called. See our website. Act now. Reference 7KQM-3TX9-2.",
    ...     force="Example Police", website="our website", reference="7KQM-3TX9-2")]
    ['pressure']
    """
    english = language == ENGLISH
    folded = FoldedText(text, reference=reference if is_reference(reference) else "")
    exempt = find_own_names(folded, force=force, website=website)
    faults = [
        *find_hidden(text),
        *find_strange(text, english=english),
        *find_left_fields(text),
        *find_links(folded),
        *find_numbers(folded),
        *find_organisations(folded, exempt=exempt),
        *find_emoji(folded),
        *find_amounts(folded),
        *find_missing(folded, force=force, website=website, english=english),
        *(find_unfit_names(text, force=force, website=website) if english else ()),
        *_judge_language(folded, exempt, language, reference, approval),
    ]
    in_words = [
        *find_phrases(folded),
        *find_forms(folded),
        *find_pairs(folded),
        *find_deeds(folded),
        *find_threats(folded),
        *find_inside(folded),
        *find_replies(folded, takes_replies=takes_replies),
        *find_names(folded, exempt=exempt),
        *find_shouting(folded, exempt=exempt),
    ]
    # An order that another list describes better is reported under that list's code.
    in_words += [
        one
        for one in (*find_orders(folded, exempt=exempt), *find_questions(folded))
        if not any(one.span.start < other.span.end and other.span.start < one.span.end for other in in_words)
    ]
    if not english:
        # A foreign word may be spelt like one of ours. So only the English sentences of the text keep these faults.
        places = english_places(folded)
        in_words = [one for one in in_words if any(at <= one.span.start < until for at, until in places)]
    return tidy(faults + in_words)


def _judge_language(
    folded: FoldedText,
    exempt: list[tuple[int, int]],
    language: str,
    reference: str,
    approval: TranslationApproval | None,
) -> Iterator[Fault]:
    if language == ENGLISH:
        yield from find_foreign(folded, exempt=exempt)
    elif (
        approval is None
        or not approval.approver.strip()
        or approval.language != language
        or approval.text_sha256 != approved_text_hash(folded.text, reference)
    ):
        yield make_fault("language_unapproved", folded.text, 0, 0, shown=f'"{language}"')
