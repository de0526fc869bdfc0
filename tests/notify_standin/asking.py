"""The GETs: notifications one by one and in pages, templates, texts that came in. They cost no tokens."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from notify_standin.faults import Fault
from notify_standin.forms import check_identifier, check_list_query
from notify_standin.messages import Reply, Request, html_reply, json_reply
from notify_standin.posting import shorten
from notify_standin.refusals import not_found
from notify_standin.request_log import LoggedRequest

if TYPE_CHECKING:
    from notify_standin.provider import Provider


def answer_get(provider: "Provider", request: Request, entry: LoggedRequest, parts: list[str]) -> Reply:
    """The reply to a GET, with whatever fault this one has."""
    entry.reference = dict(request.query).get("reference")
    fault = provider.draw_fault("GET", entry.reference)
    if fault is not None:
        entry.fault = fault.kind
        if fault.kind in {"drop", "reset"}:
            return Reply(0, hang_up="close" if fault.kind == "drop" else "reset")
        if fault.kind in {"html_403", "error_5xx"}:
            return _refuse(fault)
    key_type = provider.authorise(request, entry)
    reply = json_reply(200, _find(provider, request, parts, key_type))
    return reply if fault is None else shorten(reply, fault)


def _refuse(fault: Fault) -> Reply:
    if fault.kind == "html_403":
        return html_reply(403)
    status = fault.status or 500
    return html_reply(status) if status != 500 else json_reply(500, {"message": "Internal server error"})


def _find(provider: "Provider", request: Request, parts: list[str], key_type: str) -> Any:
    match parts:
        case ["v2", "notifications"]:
            return _list(provider, request, key_type)
        case ["v2", "notifications", notification_id]:
            return _one(provider, check_identifier("notification_id", notification_id))
        case ["v2", "template", template_id]:
            return _template(provider, template_id, None)
        case ["v2", "template", template_id, "version", version] if version.isdigit():
            return _template(provider, template_id, int(version))
        case ["v2", "received-text-messages"]:
            return _received(provider, dict(request.query).get("older_than"))
        case _:
            raise not_found()


def _one(provider: "Provider", notification_id: str) -> dict[str, Any]:
    with provider.lock:
        elapsed = provider.clock.elapsed()
        row = provider.notifications.find(notification_id, elapsed)
    if row is None:
        raise not_found()
    return row.to_json(elapsed, url=provider.url)


def _template(provider: "Provider", template_id: str, version: int | None) -> dict[str, Any]:
    check_identifier("id", template_id)
    with provider.lock:
        return provider.service.get_template(template_id, version=version).to_json()


def _list(provider: "Provider", request: Request, key_type: str) -> dict[str, Any]:
    wanted = check_list_query(request.query)
    with provider.lock:
        elapsed = provider.clock.elapsed()
        rows = provider.notifications.page(
            elapsed,
            key_type=key_type,
            reference=wanted["reference"],
            statuses=wanted["statuses"],
            older_than=wanted["older_than"],
            size=provider.options.page_size,
        )
    if wanted["template_types"] and "sms" not in wanted["template_types"]:
        rows = []
    links = {"current": _link(provider, "notifications", request.query)}
    if rows:
        links["next"] = _link(provider, "notifications", _older(request.query, rows[-1].id))
    return {"notifications": [row.to_json(elapsed, url=provider.url) for row in rows], "links": links}


def _received(provider: "Provider", older_than: str | None) -> dict[str, Any]:
    with provider.lock:
        texts = provider.received_texts[::-1]
    if older_than is not None:
        place = next((place for place, text in enumerate(texts) if text["id"] == older_than), len(texts))
        texts = texts[place + 1 :]
    page = texts[: provider.options.page_size]
    links = {"current": _link(provider, "received-text-messages", [])}
    if page:
        links["next"] = _link(provider, "received-text-messages", [("older_than", page[-1]["id"])])
    return {"received_text_messages": page, "links": links}


def _older(query: list[tuple[str, str]], notification_id: str) -> list[tuple[str, str]]:
    return [*(pair for pair in query if pair[0] != "older_than"), ("older_than", notification_id)]


def _link(provider: "Provider", name: str, query: list[tuple[str, str]]) -> str:
    return f"{provider.url}/v2/{name}" + (f"?{urlencode(query)}" if query else "")
