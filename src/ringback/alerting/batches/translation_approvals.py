"""Translation approvals: an approver who reads the language has read one exact text, and says so by name.

A reading stands in the audit log with a keyed seal over language, reader and text, so that it can neither be made up
nor carried over to another text by whoever can write the records. Planning freezes it with the batch; who read a
translation may not plan the batch that uses it.
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
# English by another name would be a way round the checks that only English has.
_CODE = re.compile(r"(?!eng$)[a-z]{2,3}")


def check_language(language: str) -> None:
    """Refuse what is no code of a language.

    Raises:
        RingbackError: `language_bad`.
    """
    if not _CODE.fullmatch(language):
        raise RingbackError("language_bad", language=repr(language[:20]))


def show_text(wording: Wording) -> str:
    """The exact text that a reader of a translation reads: with the sample reference, as a phone shows it.

    Raises:
        RingbackError: As `templates.render`.
    """
    return render(wording, show(SAMPLE))


def check_readable(case_file: CaseFile, wording: Wording, *, member: str) -> str:
    """The exact text, when nothing but its reading is missing. A refusal is logged.

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
    """Note that a member of staff has read this exact text in its language.

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
    """Who has read this exact text, by the log; rather somebody else than the planner. None for English.

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
    """The reading that a wording carries is in the log, and is not the planner's own.

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
    """The readings of this exact text that really were given, the newest first."""
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
