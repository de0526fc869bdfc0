"""The form of a request: which fields there are and what may stand in them. All faults are told at once."""

import json
import uuid
from typing import Any

from notify_standin.notifications import STATUSES
from notify_standin.recipients import NotANumberError, Recipient, read_recipient
from notify_standin.refusals import bad_request, invalid

REFERENCE_AT_MOST = 1000
_FIELDS = ("phone_number", "template_id", "personalisation", "reference", "sms_sender_id")
_REQUIRED = ("phone_number", "template_id")
_QUERY_FIELDS = ("reference", "status", "template_type", "older_than", "include_jobs")
_TEMPLATE_TYPES = ("sms", "email", "letter")


def read_json(body: bytes) -> Any:
    """The body as JSON; ValueError where it is none."""
    return json.loads(body)


def _is_uuid(value: object) -> bool:
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _unexpected(names: list[str]) -> str:
    return (
        f"Additional properties are not allowed ({', '.join(names)} {'was' if len(names) == 1 else 'were'} unexpected)"
    )


def _check_text(name: str, value: object) -> list[str]:
    return [] if isinstance(value, str) else [f"{name} {value} is not of type string"]


def _check_reference(value: object) -> list[str]:
    if isinstance(value, str) and len(value) > REFERENCE_AT_MOST:
        return [f"reference {value} is too long"]
    return _check_text("reference", value)


def _read_number(value: object, faults: list[str]) -> Recipient | None:
    if not isinstance(value, str):
        faults.extend(_check_text("phone_number", value))
        return None
    try:
        return read_recipient(value)
    except NotANumberError as error:
        faults.append(f"phone_number {error}")
        return None


def check_text_form(form: object) -> tuple[dict[str, Any], Recipient]:
    """The fields of a text, and the number that it goes to.

    Raises:
        RefusedError: 400 with every fault.
    """
    if not form:
        form = {}
    if not isinstance(form, dict):
        raise invalid([f"{form} is not of type object"])
    faults = [f"{name} is a required property" for name in _REQUIRED if name not in form]
    strange = [name for name in form if name not in _FIELDS]
    if strange:
        faults.append(_unexpected(strange))
    identifiers = [name for name in ("template_id", "sms_sender_id") if name in form]
    faults += [f"{name} is not a valid UUID" for name in identifiers if not _is_uuid(form[name])]
    if "reference" in form:
        faults += _check_reference(form["reference"])
    if not isinstance(form.get("personalisation", {}), dict):
        faults.append(f"personalisation {form['personalisation']} is not of type object")
    recipient = _read_number(form["phone_number"], faults) if "phone_number" in form else None
    if faults or recipient is None:
        raise invalid(faults)
    return form, recipient


def check_list_query(query: list[tuple[str, str]]) -> dict[str, Any]:
    """What a list is asked for: reference, older_than, status (several).

    Raises:
        RefusedError: 400 with every fault.
    """
    values: dict[str, list[str]] = {}
    for name, value in query:
        values.setdefault(name, []).append(value)
    strange = [name for name in values if name not in _QUERY_FIELDS]
    faults = [_unexpected(strange)] if strange else []
    for name, allowed in (("status", (*STATUSES, "failed")), ("template_type", _TEMPLATE_TYPES)):
        wrong = [value for value in values.get(name, ()) if value not in allowed]
        faults += [f"{name} {value} is not one of [{', '.join(allowed)}]" for value in wrong]
    older_than = values.get("older_than", [None])[0]
    if older_than is not None and not _is_uuid(older_than):
        faults.append("older_than is not a valid UUID")
    if faults:
        raise invalid(faults)
    return {
        "reference": values.get("reference", [None])[0],
        "older_than": older_than,
        "statuses": _spread_failed(values.get("status", [])),
        "template_types": values.get("template_type", []),
    }


def _spread_failed(statuses: list[str]) -> list[str]:
    failures = [status for status in STATUSES if status.endswith("-failure")]
    return [one for status in statuses for one in (failures if status == "failed" else [status])]


def check_identifier(name: str, value: str) -> str:
    """A UUID; else a 400."""
    if not _is_uuid(value):
        raise invalid([f"{name} is not a valid UUID"])
    return value


def parse_post_body(body: bytes) -> Any:
    """The JSON of a POST; else a 400."""
    try:
        return read_json(body)
    except ValueError:
        raise bad_request("Invalid JSON supplied in POST data") from None
