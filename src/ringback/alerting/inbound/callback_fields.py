"""Reading the fields of a provider's callback. A bad required field is an error; a bad optional one is ignored."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number

# The provider writes international digits without a plus, or the number as we sent it.
_PLAN = DialPlan(home_regions=("GB",))
_YEARS = range(2000, 2200)
_LONGEST_NUMBER = 40


def get_field(fields: Mapping[str, object], name: str, *, form: re.Pattern[str]) -> str:
    """A required text field of this form.

    Raises:
        RingbackError: `callback_bad`, naming the field and never its content.
    """
    value = get_text(fields, name)
    if not form.fullmatch(value):
        raise RingbackError("callback_bad", field=name, problem="does not have its usual form")
    return value


def get_text(fields: Mapping[str, object], name: str) -> str:
    """A required text field.

    Raises:
        RingbackError: `callback_bad`, naming the field and never its content.
    """
    value = fields.get(name)
    if value is None:
        raise RingbackError("callback_bad", field=name, problem="is missing")
    if not isinstance(value, str):
        raise RingbackError("callback_bad", field=name, problem="is not a text")
    return value


def find_timestamp(fields: Mapping[str, object], name: str) -> datetime | None:
    """A time in ISO form, taken as UTC if it names no zone; None if there is none or it cannot be read.

    >>> find_timestamp({"at": "2022-11-24T10:15:00.000000Z"}, "at")
    datetime.datetime(2022, 11, 24, 10, 15, tzinfo=datetime.timezone.utc)
    >>> find_timestamp({"at": "soon"}, "at")
    """
    value = fields.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.year not in _YEARS:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_e164(raw: str) -> list[str]:
    """Every E.164 number that the provider's text may mean, the likeliest first; empty if it is no number.

    >>> read_e164("447700900123"), read_e164("07700 900123"), read_e164("ExampleBank")
    (['+447700900123'], ['+447700900123'], [])
    """
    if len(raw) > _LONGEST_NUMBER:
        return []
    return [option.e164 for option in read_number(raw, _PLAN).options]
