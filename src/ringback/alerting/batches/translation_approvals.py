"""Translation approvals: a named approver who reads the language approves one exact text.

The audit entry carries a keyed seal over language, approver and text. So a person who can write the records but has not
the case's key can neither invent an approval nor move one to another text. Planning freezes the approval with the
batch. Whoever approved a translation may not plan the batch that uses it.
"""

import re
from dataclasses import replace

from ringback.alerting.batches.approval import is_sealed, read_checked_entries, seal_entry
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.model.references import SAMPLE, show
from ringback.alerting.wording.linter import ENGLISH
from ringback.alerting.wording.templates import Wording, find_faults, render
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.audit import AuditEntry

READ = "translation_read"
# `eng` is English by another code: it would get round the checks that apply to English alone.
_CODE = re.compile(r"(?!eng$)[a-z]{2,3}")


def check_language(language: str) -> None:
    """Refuse a text that is not the code of a language other than `eng`.

    Raises:
        RingbackError: `language_bad`.
    """
    if not _CODE.fullmatch(language):
        raise RingbackError("language_bad", language=repr(language[:20]))


def show_text(wording: Wording) -> str:
    """The exact text that the approver of a translation reads: as a phone shows it, with the sample reference.

    Raises:
        RingbackError: As `templates.render`.
    """
    return render(wording, show(SAMPLE))


def check_readable(case_file: CaseFile, wording: Wording, *, member: str) -> str:
    """The exact text, if only its approval is missing. A refusal is logged.

    Raises:
        RingbackError: `language_bad`, `translation_english`, `alert_wording_blocked`, or as `templates.render`.
    """
    with logging_refusals(case_file, "read a translation", member=member):
        check_language(wording.language)
        if wording.language == ENGLISH:
            raise RingbackError("translation_english")
        if faults := find_faults(replace(wording, approval=_approval_of(wording, member))):
            raise RingbackError("alert_wording_blocked", faults="; ".join(faults))
        return show_text(wording)


def add_translation_approval(case_file: CaseFile, wording: Wording, *, member: str, why: str) -> AuditEntry:
    """Record that a member of staff has read and approves this exact text in its language.

    Args:
        case_file: The case.
        wording: The words, with the language they are in.
        member: Who has read it, logged in and with the right to approve.
        why: Why, for the audit log.

    Raises:
        RingbackError: As `check_readable`.
    """
    check_readable(case_file, wording, member=member)
    facts = _sealed_facts(_approval_of(wording, member))
    seal = seal_entry(case_file.keys(), READ, **facts)
    return case_file.log.add(READ, why=why, facts=facts | {"seal": seal}, who=member)


def find_translation_approval(case_file: CaseFile, wording: Wording, *, planner: str) -> TranslationApproval | None:
    """The approval of this exact text in the log, preferably by somebody else than the planner. None for English.

    Raises:
        RingbackError: `audit_broken`, or as `templates.render`.
    """
    if wording.language == ENGLISH:
        return None
    readers = [one.approver for one in _approvals(case_file, wording)]
    others = [name for name in readers if name != planner]
    reader = next(iter(others or readers), None)
    return None if reader is None else _approval_of(wording, reader)


def check_translation_approval(case_file: CaseFile, wording: Wording, *, planner: str) -> None:
    """Check that the approval in a wording is in the log, and is not the planner's own.

    Raises:
        RingbackError: `language_bad`, `translation_unread`, `reader_is_planner`, `audit_broken`, or as
            `templates.render`.
    """
    check_language(wording.language)
    if wording.language == ENGLISH and wording.approval is None:
        return
    if wording.approval is None or wording.approval not in _approvals(case_file, wording):
        raise RingbackError("translation_unread", language=wording.language)
    if wording.approval.approver == planner:
        raise RingbackError("reader_is_planner", member=planner)


def _approvals(case_file: CaseFile, wording: Wording) -> list[TranslationApproval]:
    """The approvals of this exact text with a valid seal, newest first."""
    ring, found = case_file.keys(), []
    for entry in reversed(read_checked_entries(case_file)):
        approval = _approval_of(wording, entry.who)
        if entry.what == READ and is_sealed(ring, entry, _sealed_facts(approval)):
            found.append(approval)
    return found


def _approval_of(wording: Wording, member: str) -> TranslationApproval:
    return TranslationApproval(wording.language, member, approved_text_hash(show_text(wording), show(SAMPLE)))


def _sealed_facts(approval: TranslationApproval) -> dict[str, str]:
    return {"language": approval.language, "reader": approval.approver, "text_sha256": approval.text_sha256}
