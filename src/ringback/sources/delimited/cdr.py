"""Call records that Asterisk and FreeSWITCH write as CSV without a header: recognised by their columns, then named.

Asterisk's cdr_csv writes Master.csv (and a file for each account) with the 16 columns that it documents, and up to
five more that cdr.conf can switch on. FreeSWITCH's mod_cdr_csv writes by a template; the templates that it comes with
are known here.
"""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ringback.sources.encodings.long_lines import without_long_lines
from ringback.sources.streams import stream_of

ASTERISK = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
# In this order, each where cdr.conf switches it on: loguniqueid, loguserfield, and newcdrcolumns for the last three.
_UNIQUE, _USER, _NEW = ("uniqueid",), ("userfield",), ("peeraccount", "linkedid", "sequence")
_FREESWITCH_SQL = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp", "end_stamp",
    "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode",
)  # fmt: skip
_FREESWITCH_EXAMPLE = (*_FREESWITCH_SQL, "read_codec", "write_codec")
_FREESWITCH_LINKSYS = (*_FREESWITCH_EXAMPLE, "sip_user_agent", "sip_p_rtp_stat")
_FREESWITCH_SNOM = (
    *_FREESWITCH_EXAMPLE, "sip_user_agent", "call_clientcode", "sip_rtp_rxstat", "sip_rtp_txstat", "sofia_record_file",
)  # fmt: skip
_FREESWITCH_ASTERISK = (
    "accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name", "bridge_channel",
    "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause",
    "amaflags", "uuid", "userfield",
)  # fmt: skip
_FREESWITCH = {len(one): one for one in (_FREESWITCH_SQL, _FREESWITCH_EXAMPLE, _FREESWITCH_LINKSYS, _FREESWITCH_SNOM)}

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SECONDS = re.compile(r"-?\d{1,9}")
_DISPOSITIONS = {"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN", "CANCEL", "NOANSWER", ""}
_CAUSE = re.compile(r"[A-Z][A-Z0-9_]*(?:_[A-Z0-9]+)*|NONE|\d{0,3}")
_UNIQUE_ID = re.compile(r"(?:[^,]*-)?\d{9,10}\.\d+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_INSERT = re.compile(rb'\s*INSERT INTO [^\s(]{1,128} VALUES \((?=")', re.IGNORECASE)
_INSERT_END = re.compile(rb"\);?\s*$")
# The templates "sql" and "snom" have a blank before one value.
_LATE_QUOTE = re.compile(rb'", +"')
_SAMPLE_LINES = 20


def tell_cdr_csv(head: bytes) -> str | None:
    """Recognise one of these files by its first lines.

    >>> tell_cdr_csv(b'"name","02079460018","07700900123"\\n') is None
    True

    Returns:
        "asterisk_csv", "freeswitch_csv" or None.
    """
    header = find_header(head)
    if header is None:
        return None
    return "asterisk_csv" if header[: len(ASTERISK)] == ASTERISK else "freeswitch_csv"


def find_header(head: bytes) -> tuple[str, ...] | None:
    """The columns of a file, by its first line whose columns are recognised; None where there is none."""
    for row in _rows(head):
        if (header := _asterisk_header(row) or _freeswitch_header(row)) is not None:
            return header
    return None


def _rows(head: bytes) -> Iterator[list[str]]:
    lines = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:_SAMPLE_LINES]
    for line in lines:
        text = _plain_line(line).decode("utf-8", "replace")
        try:
            yield next(csv.reader([text]), [])
        except csv.Error:
            continue


def _asterisk_header(row: Sequence[str]) -> tuple[str, ...] | None:
    rest = len(row) - len(ASTERISK)
    if not 0 <= rest <= len(_UNIQUE + _USER + _NEW):
        return None
    shaped = _has_times(row[9], row[10], row[11]) and _are_seconds(row[12], row[13])
    if not shaped or row[14] not in _DISPOSITIONS:
        return None
    new = _NEW if rest >= len(_NEW) else ()
    rest -= len(new)
    if rest == 1:
        return (*ASTERISK, *(_UNIQUE if _UNIQUE_ID.fullmatch(row[16]) else _USER), *new)
    return (*ASTERISK, *(_UNIQUE + _USER if rest else ()), *new)


def _freeswitch_header(row: Sequence[str]) -> tuple[str, ...] | None:
    if len(row) == len(_FREESWITCH_ASTERISK) and _UUID.fullmatch(row[16]):
        shaped = _has_times(row[9], row[10], row[11]) and _are_seconds(row[12], row[13])
        return _FREESWITCH_ASTERISK if shaped and _CAUSE.fullmatch(row[14]) else None
    header = _FREESWITCH.get(len(row))
    if header is None or not _UUID.fullmatch(row[10]):
        return None
    shaped = _has_times(row[4], row[5], row[6]) and _are_seconds(row[7], row[8])
    return header if shaped and _CAUSE.fullmatch(row[9]) else None


def _has_times(*values: str) -> bool:
    """Whether the first value is a time, and each of the others is a time or empty."""
    return bool(_STAMP.fullmatch(values[0])) and all(not one or _STAMP.fullmatch(one) for one in values[1:])


def _are_seconds(*values: str) -> bool:
    return all(_SECONDS.fullmatch(one) for one in values)


def _plain_line(line: bytes) -> bytes:
    """A line as CSV: taken out of the INSERT of the template "sql", and without quotes in the middle of values."""
    if match := _INSERT.match(line):
        end = line[len(line.rstrip(b"\r\n")) :]
        line = _INSERT_END.sub(b"", line[match.end() :]) + end
    return _LATE_QUOTE.sub(b'","', line)


def open_cdr_csv(stream: BinaryIO, head: bytes) -> BinaryIO:
    """The file as plain CSV: its `head` and what follows, line by line where the template makes that necessary."""
    whole = itertools.chain([head], iter(lambda: stream.read(1024 * 1024), b""))
    if not (_INSERT.match(head) or _LATE_QUOTE.search(head)):
        return stream_of(whole)
    # A line that is too long then is no row, and the reader rejects it.
    lines = stream_of(without_long_lines(whole, lambda: None))
    return stream_of(map(_plain_line, iter(lines.readline, b"")))
