"""Reports as lines for the terminal, and as facts for --json."""

from collections.abc import Iterator
from typing import Any

from ringback.records.report_losses import Losses
from ringback.victim_reports.casework import ListedReport, OpenReport
from ringback.victim_reports.content import Loss
from ringback.victim_reports.days import UK
from ringback.victim_reports.money import show_pence


def list_line(one: ListedReport) -> str:
    """A report in the list."""
    tied = {"text": "tied by our text", "match": "tied"}.get(one.tied, "")
    if one.erased:
        tied = "erased"
    sums = ", ".join(
        f"{show_pence(pence)} {basis}" for basis, pence in one.losses.as_dict().items() if pence is not None
    )
    told = "  ".join(part for part in (sums, tied, _same(one)) if part)
    day = one.received_at.astimezone(UK)
    return f"{one.id}  {day:%Y-%m-%d}  {one.way:<9} {one.status:<9} {one.kind:<11}  {told}".rstrip()


def _same(one: ListedReport) -> str:
    return f"same as {one.duplicate_group}" if one.duplicate_group not in (None, one.id) else ""


def listed_facts(one: ListedReport) -> dict[str, Any]:
    """The same for --json."""
    return {
        "report": one.id, "received_on": one.received_at.astimezone(UK).date().isoformat(), "way": one.way,
        "status": one.status, "kind": one.kind, "tied": one.tied, "losses": sum_facts(one.losses),
        "duplicate_group": one.duplicate_group, "erased": one.erased,
    }  # fmt: skip


def sum_facts(losses: Losses) -> dict[str, int | None]:
    """The three sums, in pence, each for itself."""
    return {f"{basis}_pence": pence for basis, pence in losses.as_dict().items()}


def content_lines(found: OpenReport) -> Iterator[str]:
    """All that a report says. What a stranger wrote cannot steer the terminal."""
    for name, value in _lines(found):
        if value:
            yield f"{name:<16} {_harmless(value)}"


def _lines(found: OpenReport) -> Iterator[tuple[str, str]]:
    content, report = found.content, found.report
    yield "report", f"{report.id}, {report.kind}, {report.status}"
    yield "received", f"{report.received_at.astimezone(UK):%Y-%m-%d %H:%M}, {report.way}"
    yield "taken by", report.taken_by
    unknown = "; this is none of our texts, or the digits are of another number" if found.is_reference_unknown else ""
    yield (
        "our text",
        f"reference {content.reference}, last four digits {content.last_four}{unknown}" if content.reference else "",
    )
    yield "their number", content.centre_reference
    yield "called number", _number(content.called_number, content.called_number_typed)
    yield "whose phone", content.whose.value
    yield (
        "day of the call",
        f"{content.called_on.isoformat()} ({content.called_on_sure.value})" if content.called_on else "",
    )
    yield "time", f"{content.called_at:%H:%M}" if content.called_at else content.part_of_day.value
    yield "claimed to be", content.claimed
    yield "number shown", _number(content.shown_number, content.shown_number_typed)
    yield "length", content.talk_time.value
    yield "what happened", ", ".join(one.value for one in content.happened)
    for loss in content.losses:
        yield "reported loss", _loss(loss)
    for row in found.losses:
        if row.who:
            replaced = ", replaced since" if row.replaced_at else ""
            yield f"{row.basis} loss", f"{show_pence(row.pence)}, {row.who}: {row.why}{replaced}"
    yield "in their words", content.story
    yield "files", f"{found.files}: ringback report files CASE {report.id} FOLDER" if found.files else ""
    for reason in found.refused:
        yield "file refused", reason
    who = content.reporter
    yield "reporter", ", ".join(one for one in (who.name, who.number, who.email, who.postcode) if one)
    yield "wants to know", "yes, when it helped" if who.wants_to_be_told else ""
    for one in found.decisions:
        about = f" {one.about}" if one.about else ""
        yield "decision", f"{one.what}{about}: {one.decision}, {one.who}: {one.why}"


def _number(e164: str, typed: str) -> str:
    if not typed or e164 == typed:
        return e164
    return f"{e164 or 'not readable'} (typed: {typed})"


def _loss(loss: Loss) -> str:
    parts = [show_pence(loss.pence), loss.kind.value.replace("_", " ")]
    parts += [f"on {loss.on.isoformat()}"] if loss.on else []
    parts += [f"{show_pence(loss.returned_pence)} came back"] if loss.returned_pence else []
    return ", ".join(parts)


def _harmless(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
