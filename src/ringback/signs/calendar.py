"""The calendar of events that criminals exploit, with their time of year. Staff can add to it."""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from ringback.signs.cues import CueFile, parse_cues
from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_content

_FIELDS = {"name", "reason", "cues", "months", "from", "until", "source"}


def calendar_cues(today: date | None = None, *, more: str = "") -> CueFile:
    """The cues of all events; if a day is given, only of events at that time of year.

    Args:
        today: The day; None for all events.
        more: A calendar of the unit's own, as TOML text.

    Raises:
        ValueError: An event is incomplete; the message names the event and the field.
    """
    return _cues(today.month if today else 0, today.isoformat() if today else "", more)


@kept_with_data(64)
def _cues(month: int, day: str, more: str) -> CueFile:
    lines: list[str] = []
    for key, event in read_events(more).items():
        months = event.get("months") or range(1, 13)
        if month and month not in months:
            continue
        if day and not (str(event.get("from", "")) <= day <= str(event.get("until", "9999"))):
            continue
        lines += [f"[{key}] {event['reason']}", *event["cues"]]
    return parse_cues(tuple(lines), name="calendar")


@kept_with_data(8)
def read_events(more: str = "") -> Mapping[str, dict[str, Any]]:
    """The events of data/signs/calendar.toml and of the unit's own calendar, by key.

    Raises:
        ValueError: An event is incomplete; the message names the event and the field.
    """
    events: dict[str, dict[str, Any]] = {}
    for text in (read_content("signs/calendar.toml"), more):
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"calendar: {error}") from error
        for key, event in found.items():
            if not isinstance(event, dict):
                raise ValueError(  # noqa: TRY004 - the fault is in the file, and its author reads this
                    f"calendar: {key} is not an event: it has to begin with [{key}]"
                )
            for field in ("name", "reason", "cues", "source"):
                if not event.get(field):
                    raise ValueError(f"calendar: event {key} has no {field}")
            if unknown := set(event) - _FIELDS:
                raise ValueError(f"calendar: event {key} has an unknown field: {', '.join(sorted(unknown))}")
            events[key] = event
    return events
