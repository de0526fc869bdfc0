"""Patterns of single values: a time, a talk time, an amount, a wallet, an address, a secret."""

import re
from datetime import UTC, datetime

from ringback.sources.fields.time_formats import to_iso

# Times that the run reads without a format (ingest/timestamps.py).
_ISO = re.compile(
    r"(?:19|20|21)\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
    r"(?:[ ]?(?:Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?))?"
)
_DATE = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d|\d\d?[./-]\d\d?[./-](?:\d\d){1,2}|\d{4}/\d\d/\d\d")
# Placeholders in panels for "not yet".
NO_TIMESTAMP = re.compile(
    r"0000-00-00.*|(?:0001|1900|1970)-01-01.*|1899-12-3[01].*|0+(\.0+)?|00[./]00[./].*|NULL|null|-"
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?")
_EPOCH_MS = re.compile(r"\d{12,13}")
EPOCH_FROM, EPOCH_UNTIL = 946_684_800, 2_082_758_400  # 2000 to 2036
TIME_FORMATS = (
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%m-%d-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y %H:%M",
    "%Y/%m/%d %H:%M",
    "%d.%m.%y %H:%M:%S",
    "%d/%m/%y %H:%M:%S",
    "%d.%m.%y %H:%M",
    "%d/%m/%y %H:%M",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H%M%S",
    "%Y%m%dT%H%M%S",
    "%d %b %Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%b %d %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d-%m-%Y %I:%M:%S %p",
    "%m-%d-%Y %I:%M:%S %p",
    "%d.%m.%Y %I:%M:%S %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M %p",
    "%d-%m-%Y %I:%M %p",
    "%Y-%m-%d %I:%M %p",
    "%d/%m/%Y, %H:%M:%S",
    "%m/%d/%Y, %H:%M:%S",
    "%H:%M:%S %d.%m.%Y",
    "%H:%M:%S %d/%m/%Y",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a %b %d %H:%M:%S %Z %Y",
    "%a %d %b %Y %H:%M:%S %Z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%d/%m/%Y %H:%M:%S %Z",
    "%H:%M:%S.%f %Z %a %B %d %Y",
    "%H:%M:%S %Z %a %B %d %Y",
    "%H:%M:%S.%f %Z %a %b %d %Y",
)
_SHORTEST_TIME = 10
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,10})?")
WHOLE = re.compile(r"\d{1,15}")
EMAIL = re.compile(r"[^@\s]{1,64}@[\w-]+(?:\.[\w-]+)+")
ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.IGNORECASE)
WALLET = re.compile(r"(?:bc1[0-9a-z]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40}|[48][1-9A-Za-z]{94})")
CALL_IDENTIFIER = re.compile(
    r"(?:[\w-]+-)?\d{9,11}\.\d{1,9}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|.{6,64}@[\w.:-]{4,}|[0-9a-f]{20,40}"
    r"|[A-Za-z]{2,12}[-_.]?\d{4,20}",
    re.IGNORECASE,
)
HASH = re.compile(
    r"\$(?:2[abxy]?|argon2\w*|1|5|6|P|H|S|y|pbkdf2[\w-]*|scrypt)\$.{8,}|\{S?SHA\d*\}.+|\*[0-9A-F]{40}"
    r"|pbkdf2[\w:]*\$.+|sha\d+[$:].+|(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})"
)
HEX = re.compile(r"[0-9a-fA-F]+")
RECORDING = re.compile(r".*\.(?:wav|mp3|gsm|ogg|opus|ulaw|alaw|sln\d*|m4a|aac|flac|webm|amr)(?:\.gpg|\?.*)?", re.I)
DIALLED_DIGITS = re.compile(r"[0-9*#,wp]*[*#][0-9*#,wp]*")
CODE = re.compile(r"\d{3,8}")
_CARD = re.compile(r"\d{4}[ -]?\d{4,6}[ -]?\d{4,5}(?:[ -]?\d{1,7})?")


def read_iso(text: str) -> float | None:
    """Seconds since 1970 of a time in ISO 8601, without a zone as if in UTC; None for any other text."""
    if not _ISO.fullmatch(text):
        return None
    try:
        plain = text.replace("UTC", "Z").replace("GMT", "Z")
        found = datetime.fromisoformat(plain.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def read_formatted(text: str, time_format: str) -> float | None:
    """Seconds since 1970 of a time in another format, or of an epoch; None for any other text."""
    if time_format in ("epoch", "epoch_ms"):
        pattern, unit = (_EPOCH, 1.0) if time_format == "epoch" else (_EPOCH_MS, 1000.0)
        if not pattern.fullmatch(text):
            return None
        seconds = float(text) / unit
        return seconds if EPOCH_FROM <= seconds < EPOCH_UNTIL else None
    if len(text) < _SHORTEST_TIME:
        return None
    if "%Z" in time_format:
        return read_iso(to_iso(text, time_format) or "")
    try:
        found = datetime.strptime(text, time_format)  # noqa: DTZ007 - the zone is put in below
    except ValueError:
        return None
    return found.replace(tzinfo=UTC).timestamp()


def is_date_alone(text: str) -> bool:
    """Whether a text is a day without a time of day."""
    return bool(_DATE.fullmatch(text))


def is_card(text: str) -> bool:
    """Whether a text could be a payment card number: 13 to 19 digits with a valid check digit.

    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    if not _CARD.fullmatch(text):
        return False
    digits = [int(one) for one in text if one.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
