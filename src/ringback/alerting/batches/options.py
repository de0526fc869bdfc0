"""From a planner's options and case.toml to a choice that can be planned."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from ringback.alerting.batches.open_sender import sender_facts
from ringback.alerting.batches.planning import Choice
from ringback.alerting.batches.refusals import logging_refusals
from ringback.alerting.batches.translation_approvals import check_language, find_translation_approval
from ringback.alerting.model.windows import USUAL_QUIET, cut_quiet, is_quieter, parse_quiet, parse_windows
from ringback.alerting.senders.registry import find_sender
from ringback.alerting.wording.linter import ENGLISH
from ringback.alerting.wording.templates import Wording, default_wording
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers

# Windows and quiet hours follow the local time of the people texted, not the time zone of the site.
TIME_ZONE = "Europe/London"
PER_SECOND = 49.0
DAILY_LIMIT = 250_000
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """A planner's options. None takes the setting from case.toml, or else the default.

    Attributes:
        windows: As people type them.
        sender: A name in `senders.registry.SENDERS`.
        pace: even or fast.
        per_second: Requests a second at most.
        daily_limit: Requests a UTC day at most.
        language: Code of the language that the wording is in.
        template: The planner's own wording; required if the language is not English.
        force: The police force that writes.
        website: The website, named in words.
        quiet: Quiet hours "20:00-09:00", or "none".
        quiet_why: The reason for quiet hours shorter than usual.
    """

    windows: tuple[str, ...]
    sender: str = "outbox"
    pace: str = "even"
    per_second: float = PER_SECOND
    daily_limit: int = DAILY_LIMIT
    language: str = ENGLISH
    template: str | None = None
    force: str | None = None
    website: str | None = None
    quiet: str | None = None
    quiet_why: str = ""


def make_choice(case_file: CaseFile, asked: Asked, *, member: str) -> Choice:
    """The choice. Quiet hours are cut out of its windows; its notes say what was cut.

    Args:
        case_file: The case.
        asked: The planner's options.
        member: Who plans, for the log of a refusal.

    Raises:
        RingbackError: `case_setting_bad`, `alert_setting_missing`, `windows_bad`, `windows_quiet`, `quiet_why_missing`,
            `language_bad`, `template_missing`, `sender_unknown`, `synthetic_never_sent`, and the sender's own errors
            about its settings.
    """
    with logging_refusals(case_file, "plan", member=member):
        return _choose(case_file, asked, member)


def _choose(case_file: CaseFile, asked: Asked, member: str) -> Choice:
    if find_sender(asked.sender).reaches_people and case_file.is_synthetic:
        raise RingbackError("synthetic_never_sent", sender=asked.sender)
    begin, end = _quiet_hours(case_file, asked)
    windows = parse_windows(asked.windows, now=case_file.clock.now(), zone=TIME_ZONE)
    left, cut = cut_quiet(windows, quiet_from=begin, quiet_until=end, zone=TIME_ZONE)
    if not left:
        raise RingbackError("windows_quiet", quiet=f"{begin}-{end}")
    notes: dict[str, Any] = {"price_per_part": str(_price(case_file)), "synthetic": case_file.is_synthetic}
    if cut:
        notes["cut"] = [[one.first_at.isoformat(), one.until_at.isoformat()] for one in cut]
    if asked.quiet_why:
        notes["quiet_why"] = mask_numbers(asked.quiet_why)
    wording = make_wording(
        case_file, language=asked.language, template=asked.template, force=asked.force, website=asked.website
    )
    return Choice(
        wording=replace(wording, approval=find_translation_approval(case_file, wording, planner=member)),
        sender=_sender(case_file, asked.sender),
        windows=left,
        quiet_from=begin,
        quiet_until=end,
        time_zone=TIME_ZONE,
        pace=asked.pace,
        per_second=asked.per_second,
        daily_limit=asked.daily_limit,
        notes=notes,
    )


def _quiet_hours(case_file: CaseFile, asked: Asked) -> tuple[str, str]:
    usual_begin, usual_end = USUAL_QUIET
    said = _text(case_file, "quiet_from", usual_begin), _text(case_file, "quiet_until", usual_end)
    typed = asked.quiet or ("-".join(said) if all(said) else _NONE)
    begin, end = parse_quiet(typed)
    if not is_quieter(begin, end) and not asked.quiet_why.strip():
        raise RingbackError("quiet_why_missing", quiet=typed, usual="-".join(USUAL_QUIET))
    return begin, end


def make_wording(
    case_file: CaseFile,
    *,
    language: str = ENGLISH,
    template: str | None = None,
    force: str | None = None,
    website: str | None = None,
) -> Wording:
    """The wording from these options; case.toml fills in the missing ones.

    Args:
        case_file: The case.
        language: Code of the language that it is in.
        template: The planner's own wording; required if the language is not English.
        force: The police force that writes.
        website: The website, named in words.

    Raises:
        RingbackError: `case_setting_bad`, `alert_setting_missing`, `language_bad` or `template_missing`.
    """
    check_language(language)
    if language != ENGLISH and template is None:
        raise RingbackError("template_missing", language=language)
    force = force or _text(case_file, "force", "")
    if not force:
        missing = 'who writes: force = "..."'
        raise RingbackError("alert_setting_missing", missing=missing)
    website = website or _text(case_file, "website", "") or None
    takes_replies = case_file.case.settings.alerts.get("takes_replies", False)
    if not isinstance(takes_replies, bool):
        raise _bad(case_file, "takes_replies", "must be true or false")
    wording = default_wording(force=force, website=website, takes_replies=takes_replies)
    if template is None:
        return wording
    return replace(wording, language=language, template=template.strip("\r\n"))


def _sender(case_file: CaseFile, name: str) -> dict[str, Any]:
    if find_sender(name).reaches_people and not _text(case_file, "sender_name", ""):
        raise RingbackError("alert_setting_missing", missing='what phones show as the sender: sender_name = "..."')
    return sender_facts(case_file, name)


def _price(case_file: CaseFile) -> Decimal:
    """Pounds for one SMS segment; 0 if case.toml gives no price."""
    said = case_file.case.settings.alerts.get("price_per_part", "0")
    try:
        price = Decimal(str(said))
    except InvalidOperation:
        price = Decimal(-1)
    if not 0 <= price <= 1:
        raise _bad(case_file, "price_per_part", 'must be pounds, such as "0.0197"')
    return price


def _text(case_file: CaseFile, name: str, usual: str) -> str:
    said = case_file.case.settings.alerts.get(name, usual)
    if not isinstance(said, str):
        raise _bad(case_file, name, "must be a text, in quotes")
    return said.strip()


def _bad(case_file: CaseFile, name: str, problem: str) -> RingbackError:
    return RingbackError("case_setting_bad", path=case_file.case.toml, field=f"alerts.{name}", problem=problem)
