"""POST /v2/notifications/sms: what is checked, in which order, what row is made, and how the answer goes wrong."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notify_standin.faults import BEFORE, Fault
from notify_standin.forms import check_text_form, parse_post_body, read_json
from notify_standin.letters import rewrite, tidy
from notify_standin.messages import Reply, Request, html_reply, json_reply
from notify_standin.notifications import Notification
from notify_standin.recipients import Recipient, check_permitted, read_recipient
from notify_standin.refusals import RefusedError, bad_request, over_rate
from notify_standin.request_log import LoggedRequest
from notify_standin.service import Template, check_length, render

if TYPE_CHECKING:
    from notify_standin.provider import Provider

NEVER_STORED = frozenset({"+447700900000", "+447700900111", "+447700900222"})
TEST_STATUSES = {
    "+447700900001": "delivered",
    "+447700900002": "permanent-failure",
    "+447700900003": "temporary-failure",
}
_INTERNAL_ERROR = {"status_code": 500, "errors": [{"error": "Exception", "message": "Internal server error"}]}


@dataclass
class _Text:
    """A text that passed every check."""

    form: dict[str, Any]
    recipient: Recipient
    template: Template
    body: str


def answer_post(provider: "Provider", request: Request, entry: LoggedRequest, kind: str) -> Reply:
    """The reply to a POST, with whatever fault this one has."""
    entry.reference = _peek_reference(request.body)
    fault = provider.draw_fault("POST", entry.reference)
    if fault is not None and fault.kind in BEFORE:
        entry.fault = fault.kind
        return _stop_before(provider, entry, fault)
    try:
        key_type = provider.authorise(request, entry)
        provider.check_limits(key_type)
    except RefusedError:
        if fault is not None and not fault.outage:
            with provider.lock:
                provider.faults.give_back("POST", fault, reference=entry.reference)
        raise
    form = parse_post_body(request.body)
    if kind != "sms":
        raise bad_request(f"Service is not allowed to send {kind}s")
    text = _check(provider, form, entry, key_type, fault)
    if fault is not None:
        entry.fault = fault.kind
        if fault.kind == "error_5xx_without_row":
            return _server_error(fault)
    row = _make_row(provider, request, entry, text, fault)
    reply = json_reply(201, _describe(provider, row))
    if row.recipient.e164 in NEVER_STORED:
        provider.log.count("simulated")
    else:
        _keep(provider, row)
    return reply if fault is None else _break_reply(provider, reply, row, fault)


def _peek_reference(body: bytes) -> str | None:
    try:
        reference = read_json(body).get("reference")
    except (ValueError, AttributeError):
        return None
    return reference if isinstance(reference, str) else None


def _stop_before(provider: "Provider", entry: LoggedRequest, fault: Fault) -> Reply:
    if fault.kind == "rate_storm":
        provider.start_storm(fault.seconds or 0.0)
        raise over_rate("live", provider.options.rate_limit or 3000)
    if fault.kind == "html_403":
        return html_reply(403)
    if fault.kind == "error_5xx_before":
        return _server_error(fault)
    if fault.kind == "stall_before":
        reply = html_reply(504)
        reply.after_s = fault.seconds or 0.0
        return reply
    return Reply(0, hang_up="reset" if fault.kind == "reset_before" else "close")


def _server_error(fault: Fault) -> Reply:
    status = fault.status or 500
    return json_reply(500, _INTERNAL_ERROR) if status == 500 else html_reply(status)


def _check(provider: "Provider", form: Any, entry: LoggedRequest, key_type: str, fault: Fault | None) -> _Text:
    checked, recipient = check_text_form(form)
    entry.number = recipient.e164
    if fault is not None and fault.kind == "template_changed":
        _change_template(provider, checked["template_id"], fault)
    with provider.lock:
        template = provider.service.find_template(checked["template_id"])
    if template is None:
        raise bad_request("Template not found")
    body = tidy(render(template.body, checked.get("personalisation", {})))
    sender = checked.get("sms_sender_id")
    if sender is not None and sender != provider.service.sms_sender_id:
        service_id = provider.service.service_id
        raise bad_request(f"sms_sender_id {sender} does not exist in database for service id {service_id}")
    _check_guest(provider, recipient, key_type)
    options = provider.options
    check_permitted(recipient, international=options.allow_international, landline=options.allow_landline)
    check_length(body)
    return _Text(checked, recipient, template, rewrite(body, letters=options.letters))


def _check_guest(provider: "Provider", recipient: Recipient, key_type: str) -> None:
    if key_type != "team":
        return
    guests = {read_recipient(guest).e164 for guest in provider.service.guest_list}
    if recipient.e164 not in guests:
        raise bad_request("Can’t send to this recipient using a team-only API key")


def _change_template(provider: "Provider", template_id: str, fault: Fault) -> None:
    with provider.lock:
        template = provider.service.find_template(template_id)
        if template is not None:
            body = fault.body or f"{template.body} (changed)"
            provider.service.change_template(body, template_id=template.template_id, now=provider.clock.now())


def _make_row(
    provider: "Provider", request: Request, entry: LoggedRequest, text: _Text, fault: Fault | None
) -> Notification:
    late_s = (fault.seconds or 0.0) if fault is not None and fault.kind == "late_commit" else 0.0
    row = Notification(
        id=str(uuid.uuid4()),
        order=provider.next_order(),
        key_type=str(entry.key_type),
        reference=text.form.get("reference"),
        phone_number=text.form["phone_number"],
        recipient=text.recipient,
        body=text.body,
        delivered_text=provider.service.deliver(text.body),
        template_id=text.template.template_id,
        template_version=text.template.version,
        created_at=provider.clock.now(),
        created_s=provider.clock.elapsed(),
        iat=int(entry.iat or 0),
        connected_at=request.connected_at,
        arrived_at=request.arrived_at,
        received_at=request.received_at,
        fault=fault.kind if fault else None,
        visible_after_s=late_s,
    )
    row.moves = _plan_moves(provider, row)
    return row


def _plan_moves(provider: "Provider", row: Notification) -> list[tuple[float, str]]:
    options, late_s = provider.options, row.visible_after_s
    if row.recipient.abroad:
        return [(late_s + options.sending_after_s, "sent")]
    with provider.lock:
        final = _choose_final(provider, row)
        pending = provider.random.random() < options.pending_share
    moves = [(late_s + options.sending_after_s, "sending")]
    if pending:
        moves.append((late_s + (options.sending_after_s + options.final_after_s) / 2, "pending"))
    if final != "sending":
        moves.append((late_s + options.final_after_s, final))
    return moves


def _choose_final(provider: "Provider", row: Notification) -> str:
    if row.key_type == "test":
        return TEST_STATUSES.get(row.recipient.e164, "delivered")
    weights = provider.options.final_statuses
    if len(weights) == 1:
        return next(iter(weights))
    return provider.random.choices(list(weights), list(weights.values()))[0]


def _keep(provider: "Provider", row: Notification) -> None:
    early = not row.visible_after_s and not row.recipient.abroad and provider.callbacks.goes_before_reply()
    if early:
        row.moves = [(0.0, status) for _, status in row.moves if status != "pending"]
    provider.keep(row, report_later=not early)
    if early:
        provider.callbacks.report_before_reply(row)


def _describe(provider: "Provider", row: Notification) -> dict[str, Any]:
    url = provider.url
    return {
        "id": row.id,
        "reference": row.reference,
        "content": {"body": row.body, "from_number": provider.options.from_number},
        "uri": f"{url}/v2/notifications/{row.id}",
        "template": {
            "id": row.template_id,
            "version": row.template_version,
            "uri": f"{url}/services/{provider.service.service_id}/templates/{row.template_id}",
        },
        "scheduled_for": None,
    }


def _break_reply(provider: "Provider", reply: Reply, row: Notification, fault: Fault) -> Reply:
    kind = fault.kind
    if kind in {"drop_after", "late_commit"}:
        held = kind == "late_commit" and fault.hold
        return Reply(0, hang_up="close", after_s=provider.faults.durations.stall_s if held else 0.0)
    if kind == "reset_after":
        return Reply(0, hang_up="reset")
    if kind == "error_5xx_with_row":
        return _server_error(fault)
    if kind == "wrong_reference":
        return json_reply(201, {**_describe(provider, row), "reference": "not-what-was-sent"})
    if kind == "refuse":
        provider.refuse(fault.seconds or 0.0)
        reply.sent_bytes = len(reply.body)
    return shorten(reply, fault)


def shorten(reply: Reply, fault: Fault) -> Reply:
    """The reply later, or only its first half: with its true length, or with one that makes broken JSON of it."""
    if fault.kind.startswith("stall"):
        reply.after_s = fault.seconds or 0.0
    if fault.kind in {"truncated_body", "truncated_json"}:
        reply.sent_bytes = len(reply.body) // 2
    if fault.kind == "truncated_json":
        reply.claimed_bytes = reply.sent_bytes
    return reply
