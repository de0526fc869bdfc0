"""What travels inside a sealed report: the content, and what else the case has to know. Pure."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from ringback.victim_reports import status_codes
from ringback.victim_reports.content import ReportContent

FORMAT = 1
# How long a sealed report is says little about what is in it.
_PADDED_TO = 1024


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that belongs to a report: its id in the inbox, and its name as its sender's device has it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as it was sent.

    Attributes:
        content: What it says.
        status_code: The code that its reporter was given, in canonical form.
        sent_at: When it was sent, aware.
        files: The files that were added.
    """

    content: ReportContent
    status_code: str
    sent_at: datetime
    files: tuple[SentFile, ...] = ()


def pack_report(report: SentReport) -> bytes:
    """The bytes of a report."""
    told = {
        "format": FORMAT, "content": report.content.as_dict(), "status_code": report.status_code,
        "sent_at": report.sent_at.isoformat(), "files": [asdict(one) for one in report.files],
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return text + b" " * (-len(text) % _PADDED_TO)


def unpack_report(data: bytes) -> SentReport:
    """A report from its bytes.

    Raises:
        ValueError: They are none; the message repeats nothing of them.
    """
    try:
        told = json.loads(data.decode("utf-8"))
        if told["format"] != FORMAT:
            raise ValueError("another format")
        code = str(told["status_code"])
        if status_codes.read(code) != code:
            raise ValueError("no status code")
        sent_at = datetime.fromisoformat(told["sent_at"])
        if sent_at.tzinfo is None:
            raise ValueError("a time without its zone")
        files = tuple(SentFile(str(one["id"]), str(one["name"])) for one in told["files"])
        return SentReport(ReportContent.from_dict(told["content"]), code, sent_at, files)
    except UnicodeDecodeError as error:
        raise ValueError("no text") from error
    except json.JSONDecodeError as error:
        raise ValueError("no JSON") from error
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("another form") from error
