"""API keys of GOV.UK Notify: one file for each type, and the key that a batch was planned with.

Notify shows only texts sent with a key of the same type. A question with a key of another type finds nothing, even for
a text that Notify took; and "nothing found" means "send it again". So a batch freezes a keyed digest of its key, and
sending, asking and polling refuse any other key.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ringback.errors import RingbackError
from ringback.keys import KeyRing, read_secret
from ringback.numbers.masking import mask_numbers

KEY_TYPES = ("live", "team", "test")
# A key as Notify shows it: a name, the service's id and the secret. The last two are UUIDs of 36 characters.
_SECRET, _NAME_ENDS = 36, -74
_PURPOSE = "notify key"


def read_api_key(keys_dir: Path, case_id: str, key_type: object) -> str:
    """The API key of one type, from the file of that type.

    Notify does not tell the type of a key. We can only check that the same key is not in the files of two types.

    Raises:
        RingbackError: `notify_setting_bad`, `secret_missing` or `secret_open`.
    """
    if key_type not in KEY_TYPES:
        raise RingbackError("notify_setting_bad", problems=f"key_type must be one of {', '.join(KEY_TYPES)}")
    found = read_secret(keys_dir, case_id, _file_name(str(key_type)))
    for other in KEY_TYPES:
        if other != key_type and found[-_SECRET:] == _read_if_there(keys_dir, case_id, other)[-_SECRET:]:
            problem = f"the same API key is in the files for {key_type} and for {other} keys, but a key has one type"
            raise RingbackError("notify_setting_bad", problems=problem)
    return found


def _read_if_there(keys_dir: Path, case_id: str, key_type: str) -> str:
    try:
        return read_secret(keys_dir, case_id, _file_name(key_type))
    except RingbackError as error:
        if error.code != "secret_missing":
            raise
        return ""


def _file_name(key_type: str) -> str:
    return f"notify-{key_type}"


def freeze_key(api_key: str, ring: KeyRing) -> dict[str, str]:
    """The facts that a batch freezes about its key: its name at Notify, and a keyed digest of the whole key."""
    api_key = api_key.strip()
    return {
        "key_name": mask_numbers(api_key[:_NAME_ENDS]),
        "key_digest": ring.newest.keyed(_PURPOSE, api_key),
    }


def check_key(api_key: str, facts: Mapping[str, Any], ring: KeyRing, *, batch: str) -> None:
    """Refuse any key but the one that a batch was planned with.

    Raises:
        RingbackError: `api_key_differs`.
    """
    if facts.get("key_digest") not in ring.keyed(_PURPOSE, api_key.strip()):
        kind, named = facts.get("key_type"), facts.get("key_name") or "without a name"
        raise RingbackError("api_key_differs", batch=batch, key_type=kind, key_name=named)


def find_other_type(errors: Sequence[Mapping[str, Any]], key_type: object) -> str:
    """The type of a key as a refusal of Notify reveals it, if that differs from the stated type; else ''.

    >>> find_other_type([{"error": "BadRequestError", "message": "... using a team-only API key"}], "live")
    'team'
    """
    said = " ".join(str(one.get("message")) for one in errors).lower()
    told = [one for one in KEY_TYPES if f"key type {one} " in said or f"{one}-only api key" in said]
    return next((one for one in told if one != key_type), "")
