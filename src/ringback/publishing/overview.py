"""What of a publication people will read, in short: for the one who approves it, and for the audit log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.publishing.bundle_files import KNOWN, ORGANISATIONS, TIME_LINE


@dataclass(frozen=True, slots=True)
class Overview:
    """What will be public beside the texts.

    Attributes:
        run: The run whose figures they are; "" where there are none.
        run_at: When it ended, UTC.
        outdated: Whether the case has changed since that run.
        no_figures: The code of the error for which there are no figures; "" where there are.
        figures: What is shown of each figure, by key: at least so many; None where nothing is known.
        organisations_shown: How many organisations are named with the calls that showed a number of theirs.
        timeline: How many entries the time line has.
        first: The day of its first entry; "" where it has none.
        last: The day of its last entry.
        numbers: How many numbers of organisations can be looked up.
    """

    run: str = ""
    run_at: str = ""
    outdated: bool = False
    no_figures: str = ""
    figures: Mapping[str, int | None] = field(default_factory=dict)
    organisations_shown: int = 0
    timeline: int = 0
    first: str = ""
    last: str = ""
    numbers: int = 0


def read_overview(files: Mapping[str, bytes]) -> Overview:
    """What the files of a publication will show.

    Args:
        files: Content by path.
    """
    known: dict[str, Any] = json.loads(files.get(KNOWN, b"{}"))
    entries = json.loads(files.get(TIME_LINE, b"[]"))
    organisations = json.loads(files.get(ORGANISATIONS, b"[]"))
    return Overview(
        run=known.get("run", ""),
        run_at=known.get("run_at", ""),
        outdated=known.get("outdated", False),
        no_figures=known.get("no_figures", ""),
        figures={one["key"]: one["at_least"] for one in known.get("figures", [])},
        organisations_shown=len(known.get("organisations", [])),
        timeline=len(entries),
        first=entries[0]["date"] if entries else "",
        last=entries[-1]["date"] if entries else "",
        numbers=sum(len(one["numbers"]) for one in organisations),
    )
