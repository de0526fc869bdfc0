"""Times in a format that case.toml names, rewritten as ISO 8601 text. What cannot be read stays as it is."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UNITS = {"epoch": 1.0, "epoch_ms": 1000.0}


def to_iso(text: str | None, time_format: str) -> str | None:
    """One time as ISO 8601: zoned (ending in Z) from an epoch, else as the format has it.

    A text that does not fit is returned unchanged: the stage that reads times rejects it with its origin.

    >>> to_iso("31/10/2021 01:30:00", "%d/%m/%Y %H:%M:%S")
    '2021-10-31 01:30:00'
    >>> to_iso("1635643800", "epoch")
    '2021-10-31T01:30:00Z'
    """
    if not text:
        return None
    try:
        if time_format in _EPOCH_UNITS:
            moment = _EPOCH + timedelta(seconds=float(text) / _EPOCH_UNITS[time_format])
            return moment.replace(tzinfo=None).isoformat() + "Z"
        found = datetime.strptime(text, time_format)  # noqa: DTZ007 - a zone, where there is one, is kept
    except (ValueError, OverflowError):
        return text
    if found.tzinfo is None:
        return found.isoformat(sep=" ")
    return found.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
